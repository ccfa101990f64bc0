terraform {
  required_providers {
    helm = {
      source  = "hashicorp/helm"
      version = "~> 3.0"
    }
  }
}

resource "helm_release" "genomics_dev" {
  name       = "genomics-dev"
  namespace  = "genomics-dev"
  repository = "https://helm.astronomer.io"
  chart      = "astro-remote-execution-agent"
  version    = "2.0.0"
  values = [
    file("${path.module}/values/base.yaml"),
    file("${path.module}/values/dev.yaml"),
  ]
}

resource "helm_release" "genomics_prod" {
  name       = "genomics-prod"
  namespace  = "genomics-prod"
  repository = "https://helm.astronomer.io"
  chart      = "astro-remote-execution-agent"
  version    = "2.0.0"
  values = [
    file("${path.module}/values/base.yaml"),
    file("${path.module}/values/prod.yaml"),
  ]
}
