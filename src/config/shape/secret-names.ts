/** Whether a key of this name may have a secret behind it. */
export function isSecretName(key: string): boolean {
  return /secret|passw|token|credential|private|apikey/i.test(key);
}
