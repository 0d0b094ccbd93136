/** socket(2) */
const socketNumber = process.arch === 'arm64' ? 198 : 41

/** A seccomp filter, as instructions of BPF: socket(AF_INET6, …) fails with EAFNOSUPPORT. */
const filter = [
  // What is called, and where it is socket(2) its first argument.
  [0x20, 0, 0, 0],
  [0x15, 0, 3, socketNumber],
  [0x20, 0, 0, 16],
  [0x15, 0, 1, 10],
  [0x06, 0, 0, 0x50061],
  [0x06, 0, 0, 0x7fff0000],
]

const program = `
import ctypes, os, struct, sys
code = b"".join(struct.pack("HBBI", *each) for each in ${JSON.stringify(filter)})
instructions = ctypes.create_string_buffer(code)
listed = struct.pack("HP", ${filter.length}, ctypes.addressof(instructions))
prctl = ctypes.CDLL(None, use_errno=True).prctl
# PR_SET_NO_NEW_PRIVS, without which only root may filter, and PR_SET_SECCOMP.
if prctl(38, 1, 0, 0, 0) or prctl(22, 2, ctypes.c_char_p(listed), 0, 0):
    sys.exit(os.strerror(ctypes.get_errno()))
os.execvp(sys.argv[1], sys.argv[1:])
`

/** A command that becomes the program it is given, on a kernel that seems to have no IPv6. */
export const withoutIPv6: readonly string[] = ['python3', '-c', program]
