resource "azurerm_storage_account" "xcom" {
  for_each                 = toset(["dev", "staging", "prod"])
  name                     = "claims${each.key}xcom"
  resource_group_name      = "claims-airflow"
  location                 = "westeurope"
  account_tier             = "Standard"
  account_replication_type = "GRS"
}

resource "azurerm_storage_container" "xcom" {
  for_each             = azurerm_storage_account.xcom
  name                 = "xcom-${each.key}"
  storage_account_name = each.value.name
}
