# With var.pubsub the collectors publish what they take in, and one worker lands it: intake scales out, lines land once.
# What cannot be landed in ten tries goes to a topic of its own, from where it can be looked at and sent again.
resource "google_pubsub_topic" "lines" {
  for_each                   = toset(var.pubsub ? ["lines", "lines-dead"] : [])
  name                       = "analytics-${each.key}"
  message_retention_duration = "604800s"
}

resource "google_pubsub_subscription" "lines" {
  count                      = var.pubsub ? 1 : 0
  name                       = "analytics-lines"
  topic                      = google_pubsub_topic.lines["lines"].id
  ack_deadline_seconds       = 600
  message_retention_duration = "604800s"

  expiration_policy {
    ttl = ""
  }

  dead_letter_policy {
    dead_letter_topic     = google_pubsub_topic.lines["lines-dead"].id
    max_delivery_attempts = 10
  }
}

resource "google_pubsub_subscription" "dead" {
  count                      = var.pubsub ? 1 : 0
  name                       = "analytics-lines-dead"
  topic                      = google_pubsub_topic.lines["lines-dead"].id
  message_retention_duration = "604800s"

  expiration_policy {
    ttl = ""
  }
}

resource "google_pubsub_topic_iam_member" "collector" {
  count  = var.pubsub ? 1 : 0
  topic  = google_pubsub_topic.lines["lines"].id
  role   = "roles/pubsub.publisher"
  member = google_service_account.process["collector"].member
}

resource "google_pubsub_subscription_iam_member" "pump" {
  count        = var.pubsub ? 1 : 0
  subscription = google_pubsub_subscription.lines[0].id
  role         = "roles/pubsub.subscriber"
  member       = google_service_account.process["builder"].member
}

# Google's own agent moves what is given up.
locals {
  pubsub_agent = "serviceAccount:service-${data.google_project.this.number}@gcp-sa-pubsub.iam.gserviceaccount.com"
}

resource "google_pubsub_topic_iam_member" "dead" {
  count  = var.pubsub ? 1 : 0
  topic  = google_pubsub_topic.lines["lines-dead"].id
  role   = "roles/pubsub.publisher"
  member = local.pubsub_agent
}

resource "google_pubsub_subscription_iam_member" "dead" {
  count        = var.pubsub ? 1 : 0
  subscription = google_pubsub_subscription.lines[0].id
  role         = "roles/pubsub.subscriber"
  member       = local.pubsub_agent
}

resource "google_cloud_run_v2_worker_pool" "pump" {
  count               = var.pubsub ? 1 : 0
  name                = "analytics-pump"
  location            = var.region
  launch_stage        = "BETA"
  deletion_protection = false

  template {
    service_account = google_service_account.process["builder"].email

    containers {
      image   = var.image
      command = ["analytics-platform", "pump", "pubsub"]

      resources {
        limits = { cpu = "1", memory = "1Gi" }
      }

      dynamic "env" {
        for_each = merge(local.shared, { PUBSUB_SUBSCRIPTION = google_pubsub_subscription.lines[0].id })
        content {
          name  = env.key
          value = env.value
        }
      }
    }
  }
}
