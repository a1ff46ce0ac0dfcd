# The lake: one bucket that nobody outside can read. Versions would keep what an erasure removes, so there are none.
resource "aws_s3_bucket" "lake" {
  bucket        = var.bucket
  force_destroy = false
}

resource "aws_s3_bucket_public_access_block" "lake" {
  bucket                  = aws_s3_bucket.lake.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_server_side_encryption_configuration" "lake" {
  bucket = aws_s3_bucket.lake.id

  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}

# What a killed writer leaves is invisible and is billed.
resource "aws_s3_bucket_lifecycle_configuration" "lake" {
  bucket = aws_s3_bucket.lake.id

  rule {
    id     = "unfinished uploads"
    status = "Enabled"

    filter {}

    abort_incomplete_multipart_upload {
      days_after_initiation = 1
    }
  }
}

data "aws_iam_policy_document" "encrypted_only" {
  statement {
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [aws_s3_bucket.lake.arn, "${aws_s3_bucket.lake.arn}/*"]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}

resource "aws_s3_bucket_policy" "lake" {
  bucket = aws_s3_bucket.lake.id
  policy = data.aws_iam_policy_document.encrypted_only.json
}

# PLATFORM_HOME: keys, settings files, the published snapshot and, with DuckDB, the warehouse.
resource "aws_efs_file_system" "home" {
  creation_token = var.release
  encrypted      = true
}

resource "aws_efs_mount_target" "home" {
  for_each        = toset(var.subnets)
  file_system_id  = aws_efs_file_system.home.id
  subnet_id       = each.value
  security_groups = [aws_security_group.inside.id]
}

resource "aws_db_subnet_group" "store" {
  name       = var.release
  subnet_ids = var.subnets
}

# The password is made and kept by Secrets Manager: Terraform's state has none.
resource "aws_db_instance" "store" {
  identifier                  = var.release
  engine                      = "postgres"
  engine_version              = "16"
  instance_class              = var.database_class
  allocated_storage           = 20
  max_allocated_storage       = 200
  storage_encrypted           = true
  username                    = "analytics"
  manage_master_user_password = true
  db_subnet_group_name        = aws_db_subnet_group.store.name
  vpc_security_group_ids      = [aws_security_group.inside.id]
  publicly_accessible         = false
  backup_retention_period     = 7
  deletion_protection         = true
  skip_final_snapshot         = false
  final_snapshot_identifier   = "${var.release}-last"
}

resource "aws_ecr_repository" "images" {
  name                 = var.release
  image_tag_mutability = "IMMUTABLE"

  image_scanning_configuration {
    scan_on_push = true
  }
}
