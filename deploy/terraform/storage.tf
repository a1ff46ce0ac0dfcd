# The lake: one bucket that nobody outside can read. Versioning would keep what an erasure removes, so it stays off; what
# is deleted, by mistake or by an erasure, can be restored for seven days (soft delete).
resource "google_storage_bucket" "lake" {
  name                        = "${var.project}-lake"
  location                    = var.location
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  force_destroy               = false

  soft_delete_policy {
    retention_duration_seconds = 86400 * 7
  }

  lifecycle_rule {
    condition {
      age = 1
    }
    action {
      type = "AbortIncompleteMultipartUpload"
    }
  }
}

locals {
  layers = ["lake", "staging", "intermediate", "facts", "marts", "snapshots", "readers"]
}

resource "google_bigquery_dataset" "layer" {
  for_each                   = toset(local.layers)
  dataset_id                 = "${var.dataset}_${each.key}"
  location                   = var.location
  delete_contents_on_destroy = false
  max_time_travel_hours      = 48
}

# The readers' views look into the snapshots, which readers may not.
resource "google_bigquery_dataset_access" "views" {
  dataset_id = google_bigquery_dataset.layer["snapshots"].dataset_id

  dataset {
    dataset {
      project_id = var.project
      dataset_id = google_bigquery_dataset.layer["readers"].dataset_id
    }
    target_types = ["VIEWS"]
  }
}
