import type { Clause } from '../clause.ts'
import { clause as pb01 } from './pb-01-listens-on-port.ts'
import { clause as pb02 } from './pb-02-listens-on-nothing-else.ts'
import { clause as pb03 } from './pb-03-moves-with-port.ts'
import { clause as pb04 } from './pb-04-listens-on-all-interfaces.ts'
import { clause as pb05 } from './pb-05-listens-on-ipv6.ts'
import { clause as pb06 } from './pb-06-refuses-port-without-number.ts'
import { clause as pb07 } from './pb-07-refuses-port-out-of-range.ts'
import { clause as pb08 } from './pb-08-refuses-port-in-other-notations.ts'
import { clause as pb09 } from './pb-09-refuses-empty-port.ts'
import { clause as pb10 } from './pb-10-bad-port-leaves-no-file.ts'
import { clause as pb11 } from './pb-11-refuses-busy-port.ts'
import { clause as pb12 } from './pb-12-refuses-privileged-port.ts'
import { clause as pb13 } from './pb-13-says-why-it-fails.ts'
import { clause as pb14 } from './pb-14-names-the-bad-value.ts'
import { clause as pb15 } from './pb-15-worker-binds-nothing.ts'
import { clause as pb16 } from './pb-16-boots-in-time.ts'
import { clause as pb17 } from './pb-17-reachable-only-when-ready.ts'
import { clause as pb18 } from './pb-18-needs-no-stdin.ts'
import { clause as pb19 } from './pb-19-stops-during-boot.ts'
import { clause as pb20 } from './pb-20-has-liveness.ts'
import { clause as pb21 } from './pb-21-has-readiness.ts'
import { clause as pb22 } from './pb-22-draining-is-not-ready.ts'
import { clause as pb23 } from './pb-23-draining-is-alive.ts'
import { clause as pb24 } from './pb-24-logs-to-stdout.ts'
import { clause as pb25 } from './pb-25-logs-plain-lines.ts'
import { clause as pb26 } from './pb-26-logs-one-line-per-event.ts'
import { clause as pb27 } from './pb-27-outlives-stdout.ts'
import { clause as pb28 } from './pb-28-environment-wins-over-files.ts'
import { clause as pb29 } from './pb-29-needs-no-home.ts'
import { clause as pb30 } from './pb-30-writes-only-where-declared.ts'
import { clause as pb31 } from './pb-31-runs-as-non-root.ts'
import { clause as pb32 } from './pb-32-runs-on-a-read-only-root.ts'
import { clause as pb33 } from './pb-33-works-as-pid-1.ts'
import { clause as pb34 } from './pb-34-leaves-no-zombie.ts'
import { clause as pb35 } from './pb-35-leaves-nothing-running.ts'
import { clause as pb36 } from './pb-36-stays-in-the-foreground.ts'
import { clause as pb37 } from './pb-37-sigterm-ends-it.ts'
import { clause as pb38 } from './pb-38-sigterm-exits-with-0.ts'
import { clause as pb39 } from './pb-39-sigint-ends-it.ts'
import { clause as pb40 } from './pb-40-finishes-in-flight.ts'
import { clause as pb41 } from './pb-41-ends-streams-properly.ts'
import { clause as pb42 } from './pb-42-finishes-uploads.ts'
import { clause as pb43 } from './pb-43-serves-the-accept-queue.ts'
import { clause as pb44 } from './pb-44-idle-connections-do-not-hold-it-up.ts'
import { clause as pb45 } from './pb-45-half-open-connections-do-not-hold-it-up.ts'
import { clause as pb46 } from './pb-46-closes-connections-while-draining.ts'
import { clause as pb47 } from './pb-47-second-sigterm-cuts-nothing-off.ts'
import { clause as pb48 } from './pb-48-second-sigint-ends-it.ts'
import { clause as pb49 } from './pb-49-ends-before-the-kill.ts'
import { clause as pb50 } from './pb-50-ci-changes-nothing.ts'
import { clause as pb51 } from './pb-51-serves-what-arrives-with-the-signal.ts'
import { clause as pb52 } from './pb-52-waits-for-a-late-router.ts'
import { clause as pb53 } from './pb-53-can-be-restarted-at-once.ts'
import { clause as pb54 } from './pb-54-keeps-connections.ts'
import { clause as pb55 } from './pb-55-keeps-idle-connections.ts'
import { clause as pb56 } from './pb-56-answers-pipelined-requests.ts'
import { clause as pb57 } from './pb-57-closes-when-asked.ts'
import { clause as pb58 } from './pb-58-closes-for-http-1-0.ts'
import { clause as pb59 } from './pb-59-head-has-no-body.ts'
import { clause as pb60 } from './pb-60-answers-expect-continue.ts'
import { clause as pb61 } from './pb-61-reads-chunked-bodies.ts'
import { clause as pb62 } from './pb-62-limits-header-size.ts'
import { clause as pb63 } from './pb-63-bounds-header-memory.ts'
import { clause as pb64 } from './pb-64-limits-header-count.ts'
import { clause as pb65 } from './pb-65-limits-body-size.ts'
import { clause as pb66 } from './pb-66-slow-heads-hold-up-nobody.ts'
import { clause as pb67 } from './pb-67-slow-readers-hold-up-nobody.ts'
import { clause as pb68 } from './pb-68-cuts-off-slow-heads.ts'
import { clause as pb69 } from './pb-69-cuts-off-slow-bodies.ts'
import { clause as pb70 } from './pb-70-cuts-off-stalled-readers.ts'
import { clause as pb71 } from './pb-71-bounds-unread-memory.ts'
import { clause as pb72 } from './pb-72-bears-many-idle-connections.ts'
import { clause as pb73 } from './pb-73-corpus-request-line.ts'
import { clause as pb74 } from './pb-74-corpus-request-target.ts'
import { clause as pb75 } from './pb-75-corpus-header-syntax.ts'
import { clause as pb76 } from './pb-76-corpus-host.ts'
import { clause as pb77 } from './pb-77-corpus-content-length.ts'
import { clause as pb78 } from './pb-78-corpus-transfer-encoding.ts'
import { clause as pb79 } from './pb-79-corpus-chunked-body.ts'
import { clause as pb80 } from './pb-80-corpus-smuggling.ts'
import { clause as pb81 } from './pb-81-corpus-other-protocols.ts'
import { clause as pb82 } from './pb-82-corpus-unusual-but-valid.ts'
import { clause as pb83 } from './pb-83-believes-no-forwarded-fields.ts'
import { clause as pb84 } from './pb-84-takes-no-scheme-from-the-client.ts'
import { clause as pb85 } from './pb-85-survives-handler-faults.ts'
import { clause as pb86 } from './pb-86-tells-nothing-about-faults.ts'
import { clause as pb87 } from './pb-87-shows-truncation.ts'
import { clause as pb88 } from './pb-88-survives-bad-header-values.ts'
import { clause as pb89 } from './pb-89-survives-late-faults.ts'
import { clause as pb90 } from './pb-90-survives-client-resets.ts'
import { clause as pb91 } from './pb-91-survives-descriptor-exhaustion.ts'
import { clause as pb92 } from './pb-92-runs-beside-itself.ts'
import { clause as pb93 } from './pb-93-reaches-backing-service-by-url.ts'
import { clause as pb94 } from './pb-94-outlives-its-backing-service.ts'
import { clause as pb95 } from './pb-95-double-interrupt-is-one.ts'
import { clause as pb96 } from './pb-96-tells-what-it-cut-off.ts'
import { clause as pb97 } from './pb-97-limits-body-size-in-chunks.ts'
import { clause as pb98 } from './pb-98-finds-its-backing-service-again.ts'

/** The contract, in the order of its numbers. */
export const clauses: readonly Clause[] = [
  pb01,
  pb02,
  pb03,
  pb04,
  pb05,
  pb06,
  pb07,
  pb08,
  pb09,
  pb10,
  pb11,
  pb12,
  pb13,
  pb14,
  pb15,
  pb16,
  pb17,
  pb18,
  pb19,
  pb20,
  pb21,
  pb22,
  pb23,
  pb24,
  pb25,
  pb26,
  pb27,
  pb28,
  pb29,
  pb30,
  pb31,
  pb32,
  pb33,
  pb34,
  pb35,
  pb36,
  pb37,
  pb38,
  pb39,
  pb40,
  pb41,
  pb42,
  pb43,
  pb44,
  pb45,
  pb46,
  pb47,
  pb48,
  pb49,
  pb50,
  pb51,
  pb52,
  pb53,
  pb54,
  pb55,
  pb56,
  pb57,
  pb58,
  pb59,
  pb60,
  pb61,
  pb62,
  pb63,
  pb64,
  pb65,
  pb66,
  pb67,
  pb68,
  pb69,
  pb70,
  pb71,
  pb72,
  pb73,
  pb74,
  pb75,
  pb76,
  pb77,
  pb78,
  pb79,
  pb80,
  pb81,
  pb82,
  pb83,
  pb84,
  pb85,
  pb86,
  pb87,
  pb88,
  pb89,
  pb90,
  pb91,
  pb92,
  pb93,
  pb94,
  pb95,
  pb96,
  pb97,
  pb98,
]
