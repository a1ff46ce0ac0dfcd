output "role" {
  value       = aws_iam_role.platform.arn
  description = "For the chart: serviceAccount.annotations, eks.amazonaws.com/role-arn."
}

output "lake_url" {
  value       = "s3://${aws_s3_bucket.lake.id}/platform"
  description = "LAKE_URL of the chart's environment."
}

output "files" {
  value       = aws_efs_file_system.home.id
  description = "File system of the storage class efs-sc, for home.storageClass."
}

output "database" {
  value       = aws_db_instance.store.endpoint
  description = "Host and port for DAGSTER_STORAGE_URL and COLLECTOR_STORE_URL; both go into the chart's Secret by hand."
}

output "database_password" {
  value       = aws_db_instance.store.master_user_secret[*].secret_arn
  description = "Where Secrets Manager keeps the password of user analytics."
}

output "repository" {
  value       = aws_ecr_repository.images.repository_url
  description = "Where the image is pushed to: image.repository of the chart."
}
