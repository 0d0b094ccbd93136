import { execFile } from 'node:child_process'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { makeStandInImage, standInLabel } from '../../../scripts/docker/stand-in-image.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const dockerfile = path.join(root, 'apps/links-node/Dockerfile')
const baseImage = 'node:26-slim'

/** Whether the tests may not be left out. */
const isRequired = process.env['CI'] === 'true' || process.env['REQUIRE_DOCKER'] === '1'

/** Runs docker. @returns its stdout. Throws with its stderr where it fails. */
export async function docker(...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)('docker', args, { maxBuffer: 64 * 1024 * 1024 })
  return stdout.trim()
}

/**
 * Whether the image can be built here: there is an engine, and it has the base image or can pull it.
 * Where it must be, and no registry answers, an image made from Debian's packages stands in.
 */
export async function canBuild(): Promise<boolean> {
  try {
    await docker('version')
    await docker('image', 'inspect', baseImage).catch(pullOrMake)
    return true
  } catch (error) {
    if (isRequired) throw error
    const { stderr = '', message } = error as { stderr?: string; message: string }
    const lines = [
      'The container tests are NOT run: no Docker Engine can build the image here.',
      ...(stderr || message).trim().split('\n'),
      'With REQUIRE_DOCKER=1 this is a failure.',
    ]
    process.stderr.write(`\n${lines.map((line) => `!!! ${line}\n`).join('')}\n`)
    return false
  }
}

async function pullOrMake(): Promise<void> {
  try {
    await docker('pull', baseImage)
  } catch (error) {
    if (!isRequired) throw error
    await makeStandInImage(baseImage, process.execPath)
  }
}

export async function buildImage(tag: string): Promise<void> {
  const label = `{{index .Config.Labels "${standInLabel}"}}`
  const isStandIn = (await docker('image', 'inspect', '-f', label, baseImage)) === 'true'
  // Where no registry answers, the engine's own network reaches nothing either.
  const network = isStandIn ? ['--network', 'host'] : []
  await docker('build', '--quiet', ...network, '-f', dockerfile, '-t', tag, root)
}
