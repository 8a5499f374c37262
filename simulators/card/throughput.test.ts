import assert from 'node:assert/strict'
import { test } from 'node:test'
import { imageOf, recordWith } from './testing/issue.ts'
import { measureApplet } from './throughput.ts'

test('the applet is measured beyond the life of one card', () => {
  const { commandsPerSecond } = measureApplet(imageOf(recordWith(), { atc: 0xfffe }), 3)
  assert.ok(Number.isFinite(commandsPerSecond) && commandsPerSecond > 0)
})

test('a card that refuses is not measured', () => {
  const image = imageOf()
  const applications = image.profile.applications.map((application) => ({ ...application, pdol: '9F6604' }))
  assert.throws(
    () => measureApplet({ ...image, profile: { ...image.profile, applications } }, 1),
    /expected the card to answer instruction a8 with 9000, it refused/,
  )
})
