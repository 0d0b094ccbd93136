import { webSocketCases } from '../../port-bound/test/web-socket-cases.ts'

webSocketCases('deno', {
  checksFrames: false,
  breach: 'end',
  ignoresOtherUpgrades: false,
  checksUtf8: true,
  showsKey: true,
  namesUpgrade: true,
})
