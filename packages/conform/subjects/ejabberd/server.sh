#!/bin/sh
# As in "Listen Modules" and "ejabberdctl" of ejabberd: one listener for clients, in the foreground.
cat >"$TMPDIR/ejabberd.yml" <<END
hosts: [localhost]
listen:
  - port: $PORT
    ip: "::"
    module: ejabberd_c2s
END
# Debian's own ejabberdctl.cfg names the configuration of /etc, whatever --config says.
: >"$TMPDIR/ejabberdctl.cfg"
mkdir -m 777 "$TMPDIR/spool" "$TMPDIR/logs"
exec ejabberdctl --config "$TMPDIR/ejabberd.yml" --ctl-config "$TMPDIR/ejabberdctl.cfg" \
  --spool "$TMPDIR/spool" --logs "$TMPDIR/logs" \
  --node "ejabberd$PORT@localhost" foreground
