/** This many days before its end `status`, `doctor` and the alerts tell of a certificate. */
export const tellDays = {
  /** It is renewed 30 days before: this late, something keeps traefik from it. */
  letsEncrypt: 14,
  /** Nobody renews it but people, and who issues certificates for them may take a week. */
  own: 21,
} as const;
