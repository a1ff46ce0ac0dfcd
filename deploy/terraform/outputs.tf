output "addresses" {
  value       = { for name, service in google_cloud_run_v2_service.service : name => service.uri }
  description = "Where each service answers."
}

output "bucket" {
  value       = google_storage_bucket.lake.name
  description = "The lake's bucket: LAKE_URL is gs://BUCKET/platform."
}
