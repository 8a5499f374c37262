import assert from 'node:assert/strict'
import { test } from 'node:test'
import { outcomeOf } from './junit.ts'

const NODE = `<testsuites>
	<testcase name="well" time="0.1" classname="test" file="a.test.ts"/>
	<testcase name="not &amp;quot;done&amp;quot;" time="0.1"><skipped type="skipped" message="why"/></testcase>
	<testcase name="outer &amp;quot;x&amp;quot; &lt;y>" time="0.1" failure="said">
		<failure type="testCodeFailure" message="said">
Error [ERR_TEST_FAILURE]: said &amp; done

1 !== 2
		</failure>
	</testcase>
</testsuites>`

test("Node's report: what failed, and the beginning of what it said", () => {
  assert.deepEqual(outcomeOf(NODE), {
    passed: 1,
    failed: 1,
    skipped: 1,
    failures: [{ name: 'outer "x" <y>', says: ['Error [ERR_TEST_FAILURE]: said & done', '1 !== 2'] }],
  })
})

const CUCUMBER = `<testsuite>
  <testcase classname="A tap" name="it passes &lt;here>" time="0.2">
    <failure type="AssertionError" message="expected"><![CDATA[${'line\n'.repeat(20)}]]></failure>
    <system-out><![CDATA[Given a card....passed
Then it "passes" at...failed
And then.........skipped]]></system-out>
  </testcase>
</testsuite>`

test("Cucumber's report: the step, and eight lines at most", () => {
  const { failed, failures } = outcomeOf(CUCUMBER)
  assert.equal(failed, 1)
  assert.deepEqual(failures, [
    { name: 'it passes <here>', says: ['Then it "passes" at', ...Array(7).fill('line')] },
  ])
})
