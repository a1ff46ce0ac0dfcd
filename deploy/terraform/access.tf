# One account for each process, each with what it needs: the collector can neither read marts nor start queries, the API
# can read the readers' views and nothing else.
locals {
  accounts = {
    builder   = "Builds lake and marts: Dagster's web server, daemon and runs"
    collector = "Takes statements and events in, and ships them to landing"
    api       = "Answers questions about the published marts"
  }
}

resource "google_service_account" "process" {
  for_each     = local.accounts
  account_id   = "analytics-${each.key}"
  display_name = each.value
}

resource "google_storage_bucket_iam_member" "builder" {
  bucket = google_storage_bucket.lake.name
  role   = "roles/storage.objectUser"
  member = google_service_account.process["builder"].member
}

# Landing, its announcements, and the list of erased people: nothing else of the bucket.
resource "google_storage_bucket_iam_member" "collector" {
  bucket = google_storage_bucket.lake.name
  role   = "roles/storage.objectUser"
  member = google_service_account.process["collector"].member

  condition {
    title      = "landing"
    expression = join(" || ", [for folder in ["landing", "inbox", "erased"] : "resource.name.startsWith(\"projects/_/buckets/${google_storage_bucket.lake.name}/objects/platform/${folder}/\")"])
  }
}

# Listing is a right on the bucket, which no condition on objects can narrow: names only, no content.
resource "google_storage_bucket_iam_member" "collector_lists" {
  bucket = google_storage_bucket.lake.name
  role   = "roles/storage.legacyBucketReader"
  member = google_service_account.process["collector"].member
}

resource "google_project_iam_member" "jobs" {
  for_each = toset(["builder", "api"])
  project  = var.project
  role     = "roles/bigquery.jobUser"
  member   = google_service_account.process[each.key].member
}

resource "google_bigquery_dataset_iam_member" "builder" {
  for_each   = google_bigquery_dataset.layer
  dataset_id = each.value.dataset_id
  role       = "roles/bigquery.dataEditor"
  member     = google_service_account.process["builder"].member
}

resource "google_bigquery_dataset_iam_member" "readers" {
  for_each   = toset(concat([google_service_account.process["api"].member], var.readers))
  dataset_id = google_bigquery_dataset.layer["readers"].dataset_id
  role       = "roles/bigquery.dataViewer"
  member     = each.value
}

resource "google_secret_manager_secret" "secret" {
  for_each  = toset(keys(local.secrets))
  secret_id = "analytics-${lower(replace(each.key, "_", "-"))}"

  replication {
    auto {}
  }
}

# Values are put in by hand or by another tool, never by Terraform, whose state would hold them:
#   printf %s VALUE | gcloud secrets versions add analytics-collector-store-url --data-file=-
locals {
  secrets = {
    DAGSTER_STORAGE_URL = ["builder"]
    COLLECTOR_STORE_URL = ["collector"]
    PRIVACY_KEY         = ["builder", "collector"]
  }
  secret_readers = merge([for name, who in local.secrets : { for one in who : "${name}/${one}" => { secret = name, who = one } }]...)
}

resource "google_secret_manager_secret_iam_member" "reader" {
  for_each  = local.secret_readers
  secret_id = google_secret_manager_secret.secret[each.value.secret].id
  role      = "roles/secretmanager.secretAccessor"
  member    = google_service_account.process[each.value.who].member
}
