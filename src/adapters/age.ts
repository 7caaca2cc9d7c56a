import { Decrypter, Encrypter, armor } from 'age-encryption';
import { UserError } from '../errors.ts';

/**
 * A text that those can read who have the key of one of the recipients (`age1…`), as `age --armor` writes it. The same
 * text becomes another one each time.
 *
 * @throws UserError for a recipient that is none.
 */
export async function encryptAge(text: string, recipients: readonly string[]): Promise<string> {
  return armor.encode(await encrypterFor(recipients).encrypt(text));
}

/** @throws UserError for a recipient that is none: better before all the work than after it. */
export function encrypterFor(recipients: readonly string[]): Encrypter {
  const encrypter = new Encrypter();
  for (const recipient of recipients) addRecipient(encrypter, recipient);
  return encrypter;
}

/**
 * The text again.
 *
 * @param identities Keys, `AGE-SECRET-KEY-…`: secrets.
 * @throws UserError when none of them fits, or it is no such text.
 */
export async function decryptAge(armored: string, identities: readonly string[]): Promise<string> {
  const decrypter = new Decrypter();
  try {
    for (const identity of identities) decrypter.addIdentity(identity);
    return await decrypter.decrypt(armor.decode(armored), 'text');
  } catch {
    throw new UserError({
      what: 'What age has encrypted cannot be read with that key.',
      fix: 'Take the key of one of those for whom it was encrypted: a file with a line `AGE-SECRET-KEY-…`, as `age-keygen` writes it.',
      // Not what the library says: it may repeat the key.
    });
  }
}

function addRecipient(encrypter: Encrypter, recipient: string): void {
  try {
    encrypter.addRecipient(recipient);
  } catch (error) {
    throw new UserError({
      // Another thing than a recipient may be a key that got here by mistake.
      what: recipient.startsWith('age1')
        ? `${recipient} is no recipient of age.`
        : 'A recipient of age begins with `age1`, and that one does not.',
      fix: '`age-keygen -y KEY-FILE` prints the recipient of a key. Keys of SSH cannot be used here.',
      exitCode: 2,
      cause: error,
    });
  }
}
