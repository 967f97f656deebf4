#!/bin/sh
# notify: {command: /usr/share/difusor-agent/notify/slack.sh, environment: /etc/difusor-agent/notify.env}
# notify.env, owner root, group difusor-agent, mode 0640, has the line: WEBHOOK=https://hooks.slack.com/services/...
# Needs jq and curl. Any webhook that takes {"text": ...} will do (Slack, Mattermost, Teams through a relay).
set -eu
# The address is a secret, and every account of the host can read a command line: curl reads it from a file.
jq -c '{text: ((if .state == "worse" then "🔴 " else "🟢 " end) + ([.site, .host] | map(values) | join(" · ")) + ": " + .message + (if .state == "worse" and .do then "\n→ " + .do else "" end))}' |
    curl --silent --show-error --fail --max-time 20 -H 'Content-Type: application/json' --data-binary @- --config /dev/fd/3 > /dev/null 3<<EOF
url = "$WEBHOOK"
EOF
