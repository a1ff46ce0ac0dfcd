variable "project" {
  type        = string
  description = "Google Cloud project."
}

variable "region" {
  type        = string
  default     = "europe-west3"
  description = "Region of Cloud Run, Cloud SQL and the image registry."
}

variable "location" {
  type        = string
  default     = "EU"
  description = "Location of bucket and datasets, as BIGQUERY_LOCATION."
}

variable "dataset" {
  type        = string
  default     = "analytics"
  description = "Prefix of the datasets, as BIGQUERY_DATASET."
}

variable "image" {
  type        = string
  description = "The platform's image with its digest: REGION-docker.pkg.dev/PROJECT/analytics/platform@sha256:…"

  validation {
    condition     = can(regex("@sha256:[0-9a-f]{64}$", var.image))
    error_message = "Name the image by its digest, so that what runs is what was tested."
  }
}

variable "domain" {
  type        = string
  description = "Public name of the collector, for COLLECTOR_PUBLIC_URL."
}

variable "readers" {
  type        = list(string)
  default     = []
  description = "Who may read the published marts in BigQuery, as group:analysts@example.org."
}

variable "billing_account" {
  type        = string
  default     = ""
  description = "Billing account of the budget; empty: no budget is made."
}

variable "monthly_budget" {
  type        = number
  default     = 100
  description = "Budget a month in the billing account's currency; mails go out at 50, 90 and 100 %."
}

variable "pubsub" {
  type        = bool
  default     = false
  description = "Pub/Sub between the collectors and landing: for more than one machine takes in."
}
