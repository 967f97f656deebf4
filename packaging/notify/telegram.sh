#!/bin/sh
# notify: {command: /usr/share/difusor-agent/notify/telegram.sh, environment: /etc/difusor-agent/notify.env}
# notify.env, owner root, group difusor-agent, mode 0640, has the lines: BOT=123:abc and CHAT=-100123
# Needs jq and curl.
set -eu
# The bot's token is a secret, and every account of the host can read a command line: curl reads it from a file.
jq -j '(if .state == "worse" then "🔴 " else "🟢 " end) + ([.site, .host] | map(values) | join(" · ")) + ": " + .message + (if .state == "worse" and .do then "\n→ " + .do else "" end)' |
    curl --silent --show-error --fail --max-time 20 --data-urlencode text@- --config /dev/fd/3 > /dev/null 3<<EOF
url = "https://api.telegram.org/bot$BOT/sendMessage"
data-urlencode = "chat_id=$CHAT"
EOF
