#!/bin/sh
# notify: {command: "/usr/share/difusor-agent/notify/mail.sh GUARDIA@SU-MEDIO.MX", environment: /etc/difusor-agent/notify.env}
# notify.env, owner root, group difusor-agent, mode 0640, has the lines
#   MAIL_URL=smtps://smtp.su-medio.mx:465       or smtp://smtp.su-medio.mx:587, where STARTTLS is required; or smtp://localhost:25
#   MAIL_FROM=difusor@su-medio.mx
#   MAIL_NETRC=/etc/difusor-agent/mail.netrc    if the server asks for a password: a file of the same owner, group and mode, with the line
#                                               machine smtp.su-medio.mx login CUENTA password SECRETO
#   MAIL_CA=/etc/difusor-agent/mail-ca.pem      if its certificate comes from a CA of your own
# Needs jq and curl. The host's own sendmail cannot run inside the agent's unit; a mail server on this host can be reached by its port.
set -eu
: "${MAIL_URL:?falta en notify.environment (missing there)}" "${MAIL_FROM:?falta en notify.environment (missing there)}" "${1:?falta una dirección (an address is missing)}"

to=$(printf '%s, ' "$@")
for address in "$@"; do
    set -- "$@" --mail-rcpt "$address"
    shift
done
case $MAIL_URL in
    smtps://* | smtp://localhost:* | smtp://localhost | smtp://127.0.0.1*) ;;
    smtp://*) set -- "$@" --ssl-reqd ;;
    *) echo "MAIL_URL: smtp:// or smtps://" >&2; exit 2 ;;
esac
# The password is a secret, and every account of the host can read a command line: curl reads it from a file.
[ -z "${MAIL_NETRC:-}" ] || set -- "$@" --netrc-file "$MAIL_NETRC"
[ -z "${MAIL_CA:-}" ] || set -- "$@" --cacert "$MAIL_CA"

# Words of RFC 2047 in the headers, and base64 in the body: no server has to take 8 bits, and no text can begin a header.
mail=$(jq -r --arg from "$MAIL_FROM" --arg to "${to%, }" --arg now "$(LC_ALL=C date '+%a, %d %b %Y %H:%M:%S %z')" --arg id "$(date +%s).$$@$(uname -n)" '
    def pieces($long): . as $text | [range(0; length; $long) as $at | $text[$at:$at + $long]];
    def words: pieces(11) | map("=?UTF-8?B?" + @base64 + "?=") | join("\n ");
    def body: @base64 | pieces(76) | join("\n");
    (if .language == "en"
        then {worse: "PROBLEM", back: "OVER", test: "TEST", at: "At", what: "What", since: "Since", ended: "Ended", do: "What to do", where: "Where", status: "More: difusor-agent status", record: "record", of: "of the journal"}
        else {worse: "PROBLEMA", back: "RESUELTO", test: "PRUEBA", at: "Hora", what: "Qué pasa", since: "Desde", ended: "Terminó", do: "Qué hacer", where: "Dónde", status: "Más: difusor-agent status", record: "registro", of: "de la bitácora"} end) as $say |
    (.state == "worse") as $worse |
    ([.site, (.host // "-")] | map(values) | if length == 2 then "\(.[0]) (\(.[1]))" else .[0] end) as $where |
    ["\($say.what):", "  \(.message)", "",
        "\(if $worse then $say.since elif .state == "test" then $say.at else $say.ended end): \(.when // .at // "-")",
        "\($say.where): \($where)", "",
        (if $worse and .do then "\($say.do):", "  \(.do)", (.command // empty | "  \(.)"), "" else empty end),
        $say.status, "",
        "-- ", "\(.event // .topic // "-"), \(.severity // "-")\(if .seq then ", \($say.record) \(.seq) \($say.of)" else "" end)",
        (if .fields then (.fields | tojson) else empty end)] as $lines |
    "From: <\($from)>", "To: \($to)",
    "Subject: \("[difusor] \($say[.state // "back"] // $say.back) · \($where) · \(.message | .[:120])" | words)",
    "Date: \($now)", "Message-ID: <\($id)>", "MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8",
    "Content-Transfer-Encoding: base64", "Auto-Submitted: auto-generated", "",
    ($lines | join("\n") + "\n" | body)')
printf '%s\n' "$mail" |
    curl --silent --show-error --max-time 25 --crlf --url "$MAIL_URL" --mail-from "$MAIL_FROM" "$@" --upload-file - > /dev/null
