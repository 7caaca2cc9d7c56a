import { inspect } from 'node:util';
import { generateIdentity, identityToRecipient } from 'age-encryption';
import { describe, expect, test } from 'vitest';
import { decryptAge, encryptAge } from '../../../src/adapters/age.ts';

const text = 'password: köpfchen-2dq\n'.repeat(3);

async function keyPair(): Promise<{ identity: string; recipient: string }> {
  const identity = await generateIdentity();
  return { identity, recipient: await identityToRecipient(identity) };
}

describe('age', () => {
  test('gives the text back to each of the recipients', async () => {
    const [one, other] = await Promise.all([keyPair(), keyPair()]);
    const sealed = await encryptAge(text, [one.recipient, other.recipient]);
    expect(sealed).toMatch(/^-----BEGIN AGE ENCRYPTED FILE-----\n/);
    expect(await decryptAge(sealed, [one.identity])).toBe(text);
    expect(await decryptAge(sealed, [other.identity])).toBe(text);
  });

  test('gives it to nobody else', async () => {
    const [one, other] = await Promise.all([keyPair(), keyPair()]);
    const sealed = await encryptAge(text, [one.recipient]);
    await expect(decryptAge(sealed, [other.identity])).rejects.toThrow('cannot be read with that key');
  });

  test('does not repeat a key with a slip in it', async () => {
    const { identity, recipient } = await keyPair();
    const slip = identity.slice(0, -1) + (identity.endsWith('Q') ? 'P' : 'Q');
    const refusal = await decryptAge(await encryptAge(text, [recipient]), [slip]).catch((error) => error);
    expect(inspect(refusal)).toContain('cannot be read');
    expect(inspect(refusal)).not.toContain(slip.slice(20));
  });

  test('does not write the same twice', async () => {
    const { recipient } = await keyPair();
    expect(await encryptAge(text, [recipient])).not.toBe(await encryptAge(text, [recipient]));
  });

  test('names a recipient that is none', async () => {
    await expect(encryptAge(text, ['age1nobody'])).rejects.toMatchObject({
      what: 'age1nobody is no recipient of age.',
      exitCode: 2,
    });
  });

  test('does not repeat a key that was taken for a recipient', async () => {
    const { identity } = await keyPair();
    const refusal = encryptAge(text, [identity]);
    await expect(refusal).rejects.toMatchObject({ what: expect.not.stringContaining(identity) as string });
    await expect(refusal).rejects.toThrow('begins with `age1`');
  });
});
