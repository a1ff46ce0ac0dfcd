# Cloud Run: the collector scales with requests and shares a PostgreSQL store; API, web server, daemon and code location
# are one instance each. The daemon is a worker that is always on. The pages stand behind a login (IAP) of your own.
locals {
  shared = {
    PLATFORM_HOME     = "/var/lib/analytics"
    DAGSTER_HOME      = "/var/lib/analytics/dagster_home"
    LAKE_URL          = "gs://${google_storage_bucket.lake.name}/platform"
    DAGSTER_LOGS_URL  = "gs://${google_storage_bucket.lake.name}/dagster"
    WAREHOUSE         = "bigquery"
    BIGQUERY_PROJECT  = var.project
    BIGQUERY_DATASET  = var.dataset
    BIGQUERY_LOCATION = var.location
  }
  services = {
    collector = {
      account = "collector"
      command = ["analytics-platform", "collector"]
      port    = 8090
      most    = 20
      memory  = "1Gi"
      public  = true
      environment = merge({
        COLLECTOR_HOST       = "0.0.0.0"
        COLLECTOR_PORT       = "8090"
        COLLECTOR_PUBLIC_URL = "https://${var.domain}"
        COLLECTOR_LOG_FORMAT = "json"
      }, var.pubsub ? { PUBSUB_TOPIC = google_pubsub_topic.lines["lines"].id } : {})
    }
    api = {
      account     = "api"
      command     = ["sh", "-c", "analytics-platform prepare && exec analytics-platform api"]
      port        = 8100
      most        = 4
      memory      = "2Gi"
      public      = true
      environment = { API_HOST = "0.0.0.0", API_PORT = "8100" }
    }
    dagster = {
      account     = "builder"
      command     = ["sh", "-c", "analytics-platform prepare && (dagster-daemon run -m analytics_platform.definitions &) && exec dagster-webserver -h 0.0.0.0 -p 3000 -m analytics_platform.definitions"]
      port        = 3000
      most        = 1
      memory      = "4Gi"
      public      = false
      environment = {}
    }
  }
}

resource "google_cloud_run_v2_service" "service" {
  for_each            = local.services
  name                = "analytics-${each.key}"
  location            = var.region
  ingress             = each.value.public ? "INGRESS_TRAFFIC_ALL" : "INGRESS_TRAFFIC_INTERNAL_ONLY"
  deletion_protection = true

  template {
    service_account = google_service_account.process[each.value.account].email

    scaling {
      min_instance_count = 1
      max_instance_count = each.value.most
    }

    containers {
      image   = var.image
      command = each.value.command

      ports {
        container_port = each.value.port
      }

      resources {
        limits            = { cpu = "2", memory = each.value.memory }
        cpu_idle          = false
        startup_cpu_boost = true
      }

      dynamic "env" {
        for_each = merge(local.shared, each.value.environment)
        content {
          name  = env.key
          value = env.value
        }
      }

      dynamic "env" {
        for_each = { for name, who in local.secrets : name => who if contains(who, each.value.account) }
        content {
          name = env.key
          value_source {
            secret_key_ref {
              secret  = google_secret_manager_secret.secret[env.key].secret_id
              version = "latest"
            }
          }
        }
      }

      # Instances keep scratch files, the manifest and keys here; what must last is in bucket, BigQuery and PostgreSQL.
      volume_mounts {
        name       = "home"
        mount_path = "/var/lib/analytics"
      }
    }

    volumes {
      name = "home"
      gcs {
        bucket    = google_storage_bucket.home.name
        read_only = false
      }
    }
  }

  depends_on = [google_secret_manager_secret_iam_member.reader]
}

# Keys of the API, reports and other small files of the home.
resource "google_storage_bucket" "home" {
  name                        = "${var.project}-home"
  location                    = var.location
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
}

resource "google_storage_bucket_iam_member" "home" {
  for_each = local.accounts
  bucket   = google_storage_bucket.home.name
  role     = "roles/storage.objectUser"
  member   = google_service_account.process[each.key].member
}

# Collector and API ask for credentials of their own.
resource "google_cloud_run_v2_service_iam_member" "public" {
  for_each = { for name, service in local.services : name => service if service.public }
  name     = google_cloud_run_v2_service.service[each.key].name
  location = var.region
  role     = "roles/run.invoker"
  member   = "allUsers"
}
