/**
 * A shell script that makes every file system read-only in its own mount namespace, but the folders
 * given before `--`, and becomes the command after it.
 */
export const readOnly: string = `
kept=" "
while [ "$1" != -- ]; do mount --bind "$1" "$1" || exit 125; kept="$kept$1 "; shift; done
shift
while read -r device folder type rest; do
  case $type in proc|sysfs|devpts|devtmpfs|mqueue|cgroup*) continue ;; esac
  case $kept in *" $folder "*) continue ;; esac
  mount -o remount,bind,ro "$folder" 2>/dev/null
done </proc/self/mounts
exec "$@"`
