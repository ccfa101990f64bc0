package agents

deny[msg] {
  input.agentToken
  msg := "agentToken must not stand in the repo; use agentTokenSecretName"
}
