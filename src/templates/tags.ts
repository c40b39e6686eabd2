import { AssignTag, CaseTag, IfTag, RawTag, UnlessTag, type Liquid, type Value } from 'liquidjs';

import { isTrue } from './values.ts';

/** `if` and `unless` hold values for true as conditions do. */
class HouseIf extends IfTag {
  constructor(...parts: ConstructorParameters<typeof IfTag>) {
    super(...parts);
    for (const branch of this.branches) takeTruth(branch.value);
  }
}

class HouseUnless extends UnlessTag {
  constructor(...parts: ConstructorParameters<typeof UnlessTag>) {
    super(...parts);
    for (const branch of this.branches) takeTruth(branch.value);
  }
}

/** Changes the value in place: static analysis goes on reading its parts. */
function takeTruth(value: Value): void {
  const original = value.value.bind(value);
  value.value = function* truth(context, lenient) {
    return isTrue(yield* original(context, lenient));
  };
}

/** No loops and no includes: what a template can cost is bounded by its length. */
export const TAGS: Readonly<Liquid['tags']> = {
  if: HouseIf,
  unless: HouseUnless,
  case: CaseTag,
  assign: AssignTag,
  raw: RawTag,
};

/** What may stand after `{%`, ends aside. */
export const TAG_WORDS: readonly string[] = [...Object.keys(TAGS), 'elsif', 'else', 'when'];
