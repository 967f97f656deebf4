#!/bin/sh
# notify: {command: "/usr/share/difusor-agent/notify/mail.sh GUARDIA@SU-MEDIO"}
# One line of JSON on standard input; needs jq and a sendmail (postfix, msmtp...).
set -eu
event=$(cat)
{
    printf 'To: %s\nSubject: [difusor] %s %s\nContent-Type: text/plain; charset=utf-8\n\n' "$1" \
        "$(printf '%s' "$event" | jq -r .event)" "$(printf '%s' "$event" | jq -r .state)"
    printf '%s' "$event" | jq -r '.message, "", .at, (.fields | tojson)'
} | /usr/sbin/sendmail -t
