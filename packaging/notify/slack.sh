#!/bin/sh
# notify: {command: "WEBHOOK=https://hooks.slack.com/services/... /usr/share/difusor-agent/notify/slack.sh"}
# Needs jq and curl. Any webhook that takes {"text": ...} will do (Slack, Mattermost, Teams through a relay).
set -eu
jq -c '{text: ((if .state == "worse" then "🔴 " else "🟢 " end) + .event + ": " + .message)}' |
    curl --silent --show-error --fail --max-time 20 -H 'Content-Type: application/json' --data-binary @- "$WEBHOOK" > /dev/null
