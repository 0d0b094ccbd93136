import { fetchServerSuite } from '../../port-bound/test/suite.ts'

fetchServerSuite('deno')
