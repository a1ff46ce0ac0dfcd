variable "region" {
  type        = string
  default     = "eu-central-1"
  description = "Region of everything here, as AWS_DEFAULT_REGION."
}

variable "bucket" {
  type        = string
  description = "Name of the lake's bucket, unique in the world: LAKE_URL is s3://BUCKET/platform."
}

variable "vpc" {
  type        = string
  description = "Id of the cluster's network."
}

variable "subnets" {
  type        = list(string)
  description = "Private subnets of the cluster, at least two: PostgreSQL and the shared files are reached from there."

  validation {
    condition     = length(var.subnets) >= 2
    error_message = "PostgreSQL wants subnets in two zones."
  }
}

variable "nodes" {
  type        = string
  description = "Security group of the cluster's nodes: who may reach PostgreSQL and the shared files."
}

variable "oidc_provider" {
  type        = string
  description = "ARN of the cluster's OpenID Connect provider: arn:aws:iam::ACCOUNT:oidc-provider/oidc.eks.REGION.amazonaws.com/id/…"

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:oidc-provider/", var.oidc_provider))
    error_message = "Name the provider by its ARN, as aws iam list-open-id-connect-providers shows it."
  }
}

variable "namespace" {
  type        = string
  default     = "analytics"
  description = "Namespace of the release in the cluster."
}

variable "release" {
  type        = string
  default     = "analytics-platform"
  description = "Name of the Helm release, which is the name of its service account."
}

variable "database_class" {
  type        = string
  default     = "db.t4g.small"
  description = "Size of PostgreSQL: Dagster's storage and the collector's store."
}

variable "alarm_mail" {
  type        = string
  default     = ""
  description = "Who hears of the budget; empty: no budget is made."
}

variable "monthly_budget" {
  type        = number
  default     = 100
  description = "Budget a month in US dollars; mails go out at 50, 90 and 100 %."
}
