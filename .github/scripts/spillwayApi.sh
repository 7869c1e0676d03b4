#!/usr/bin/env bash
# The control plane's API for workflows: `source` it. Needs HOST, API_SCOPE, CLIENT and TENANT in the environment, and the
# workflow's permission id-token.

# Signs in to Azure and puts a token for the API into `token`. GitHub's own token is good for minutes, so each time anew.
sign_in() {
  local assertion
  assertion=$(curl --fail --silent --show-error --header "Authorization: bearer $ACTIONS_ID_TOKEN_REQUEST_TOKEN" \
    "$ACTIONS_ID_TOKEN_REQUEST_URL&audience=api://AzureADTokenExchange" | jq --raw-output .value)
  az login --service-principal --username "$CLIENT" --tenant "$TENANT" --federated-token "$assertion" --allow-no-subscriptions --output none
  token=$(az account get-access-token --scope "$API_SCOPE/.default" --query accessToken --output tsv)
  echo "::add-mask::$token"
}

# call METHOD PATH IDEMPOTENCY_KEY BODY: prints the answer's body; fails, with the problem printed, where the API refuses.
call() {
  curl --fail-with-body --silent --show-error --max-time 60 --retry 3 --request "$1" \
    --header "Authorization: Bearer $token" \
    --header "Content-Type: application/json" \
    --header "Idempotency-Key: $3" \
    --data "$4" \
    "https://$HOST/api/$2"
}

# until_closed RUN: waits up to 100 minutes for a run to end; fails unless it ended as `completed`.
until_closed() {
  local run=$1 minute state outcome phase
  for ((minute = 0; minute < 100; minute++)); do
    if ((minute > 0 && minute % 30 == 0)); then sign_in; fi
    state=$(curl --fail --silent --show-error --max-time 20 --retry 5 --retry-all-errors \
      --header "Authorization: Bearer $token" "https://$HOST/api/runs/$run")
    IFS=$'\t' read -r outcome phase < <(jq --raw-output '[.outcome // "open", .phase] | @tsv' <<< "$state")
    echo "minute $minute: $outcome, $phase"
    if [ "$outcome" = completed ]; then return 0; fi
    if [ "$outcome" != open ]; then
      echo "::error::run $run ended as $outcome"
      return 1
    fi
    sleep 60
  done
  echo "::error::run $run has not ended after 100 minutes"
  return 1
}
