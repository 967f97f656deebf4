#!/bin/sh
# notify: {command: "BOT=123:abc CHAT=-100123 /usr/share/difusor-agent/notify/telegram.sh"}
# Needs jq and curl.
set -eu
text=$(jq -r '(if .state == "worse" then "🔴 " else "🟢 " end) + .event + ": " + .message')
curl --silent --show-error --fail --max-time 20 --data-urlencode "chat_id=$CHAT" --data-urlencode "text=$text" \
    "https://api.telegram.org/bot$BOT/sendMessage" > /dev/null
