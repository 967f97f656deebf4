#!/bin/sh
# publication: {after: {command: /usr/share/difusor-agent/after/cloudfront.sh, environment: /etc/difusor-agent/after.env}}
# after.env, owner root, group difusor-agent, mode 0640, has the lines
#   DISTRIBUTION=...                  the distribution's id
#   AWS_ACCESS_KEY_ID=...             of an account that may only cloudfront:CreateInvalidation
#   AWS_SECRET_ACCESS_KEY=...
# Invalidates the paths that have changed; everything where they are more than 500. Needs jq and the AWS CLI.
set -eu
export AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY
jq -c --arg caller "difusor-agent $(date +%s)" '
    [(.changed + .removed + .added)[] | split("/") | map(@uri) | join("/")
    | ., (select(test("(^|/)index[.]html$")) | sub("index[.]html$"; "")) | "/\(.)"]
    | if length == 0 then empty else . end
    | if length > 500 then ["/*"] else . end
    | {Paths: {Quantity: length, Items: .}, CallerReference: $caller}' |
    while read -r batch; do
        aws cloudfront create-invalidation --distribution-id "$DISTRIBUTION" --invalidation-batch "$batch" > /dev/null
    done
