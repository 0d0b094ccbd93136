import path from 'node:path'
import type { EdgeSetup } from './edge/protocol.ts'
import { createEdgeSide } from './edge-side.ts'
import type { Report } from './events.ts'
import { type Held, heldBy } from './hold-ports.ts'
import { createNodeSide } from './node-side.ts'
import type { Side } from './side.ts'
import type { Targets } from './targets.ts'

export interface Starting {
  /** Where the sides that are started go. */
  readonly sides: Side[]
  readonly targets: Targets
  readonly held: readonly Held[]
  readonly report: Report
  readonly allReady: Promise<void>
}

/** Starts every side at once; what it returns takes who is to be told of new inputs. */
export function startSides(starting: Starting): (onInputs: () => void) => void {
  const { sides, targets, held, report, allReady } = starting
  let told = () => {}
  const onInputs = () => told()
  const env: NodeJS.ProcessEnv = { ...process.env }
  for (const { name, variable } of targets.backing) env[variable] ??= heldBy(held, name).url

  const { node, edge, backing } = targets
  if (edge) {
    const { front, url } = heldBy(held, 'injected')
    const setup: EdgeSetup = {
      configPath: edge.configPath,
      persistFolder: path.join(edge.folder, '.mooring', 'edge'),
      warmFolder: path.join(edge.folder, '.mooring'),
      publicUrl: url,
      backing: backing.map(({ name, binding, edge: worker }) =>
        worker
          ? { binding, configPath: worker.configPath }
          : { binding, address: new URL(heldBy(held, name).url).host },
      ),
    }
    sides.push(
      createEdgeSide({
        name: 'injected',
        folder: edge.folder,
        setup,
        front,
        report,
        onInputs,
        allReady,
      }),
    )
  }
  const nodes = node ? [{ name: 'port-bound', target: node }] : []
  for (const { name, node: target } of backing) nodes.push({ name, target })
  for (const { name, target } of nodes) {
    const { front } = heldBy(held, name)
    sides.push(createNodeSide({ name, target, front, env, report, onInputs, allReady }))
  }
  return (onMore) => {
    told = onMore
    onMore()
  }
}
