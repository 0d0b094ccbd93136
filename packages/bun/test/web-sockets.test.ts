import { webSocketCases } from '../../port-bound/test/web-socket-cases.ts'

webSocketCases('bun', {
  checksFrames: true,
  breach: 'reason',
  ignoresOtherUpgrades: true,
  checksUtf8: true,
  showsKey: true,
  namesUpgrade: true,
})
