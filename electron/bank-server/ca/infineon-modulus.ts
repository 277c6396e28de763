/**
 * Whether an RSA modulus was made by the library of CVE-2017-15361 (ROCA): both of its primes are powers of 65537
 * modulo a product of small primes, and so is the modulus. By chance that happens once in about 2^154 (M. Nemec and
 * others, The Return of Coppersmith's Attack, CCS 2017, 3.4). Cards with that library are still in drawers, and
 * the key of such a certificate can be computed from it.
 *
 * @param modulus big-endian bytes
 */
export const isInfineonModulus = (modulus: Uint8Array): boolean => {
  const n = BigInt(`0x${Buffer.from(modulus).toString('hex')}`);
  return powers.every(({ prime, residues }) => residues.has(Number(n % BigInt(prime))));
};

const generator = 65_537;

const smallPrimes = [
  3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103, 107,
  109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167,
];

/** What powers of the generator leave, for each small prime. */
const powers = smallPrimes.map((prime) => {
  const residues = new Set<number>();
  for (let power = 1; !residues.has(power); power = (power * (generator % prime)) % prime)
    residues.add(power);
  return { prime, residues };
});
