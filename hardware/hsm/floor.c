/*
 * The floor of three operations: the PKCS#11 calls of a signer, in one thread, with nothing around them.
 * Reads lines from standard input: the operation, module, token label, slot (used when the label is empty), user PIN, rounds; then,
 * as hex, what the operation needs:
 *   arqc   card key, CDOL1 data, cryptogram (signer/arqc.ts, AES)
 *   cmac   AES-128 key, 64 bytes of data, their MAC
 *   ecdsa  a digest of 32 bytes, signed by a P-256 key that the token makes
 * Prints {"rounds":…,"opsPerSecond":…,"medianUs":…,"processorUs":…}; exits with 1 and a line on standard error when a call fails or the token computes
 * something else.
 * Declares what it needs of PKCS#11 3.1 itself: no header package is needed, and every module exports the C_ names.
 */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef unsigned long ulong_t;
typedef struct { ulong_t type; void *value; ulong_t length; } attribute_t;
typedef struct { ulong_t mechanism; void *parameter; ulong_t length; } mechanism_t;
typedef struct { unsigned char iv[16]; unsigned char *data; ulong_t length; } cbc_encrypt_data_t;

enum { BLOCK = 16, CONTEXT = 2048, CDOL1 = 149, CRYPTOGRAM = 8, MESSAGE = 64, DIGEST = 32, SIGNATURE = 64, LINE = 4096, WARM_UP = 200 };
enum { CKO_SECRET_KEY = 4, CKK_AES = 0x1F, CKU_USER = 1, SERIAL_RW_SESSION = 6 };
enum { CKM_AES_ECB = 0x1081, CKM_AES_CMAC = 0x108A, CKM_AES_CBC_ENCRYPT_DATA = 0x1105, CKM_EC_KEY_PAIR_GEN = 0x1040, CKM_ECDSA = 0x1041 };
enum {
  CKA_CLASS = 0, CKA_TOKEN = 1, CKA_PRIVATE = 2, CKA_VALUE = 0x11, CKA_KEY_TYPE = 0x100, CKA_SENSITIVE = 0x103,
  CKA_ENCRYPT = 0x104, CKA_SIGN = 0x108, CKA_VERIFY = 0x10A, CKA_DERIVE = 0x10C, CKA_EC_PARAMS = 0x180, CKA_VALUE_LEN = 0x161, CKA_EXTRACTABLE = 0x162
};

static void *library;
static ulong_t session;

static void fail(const char *what, ulong_t value) {
  fprintf(stderr, "expected %s, got 0x%lx\n", what, value);
  exit(1);
}

/* Looks a function up and keeps it: the loop pays for the call, not for the look-up. */
#define CALL(name, ...)                                                   \
  do {                                                                    \
    static ulong_t (*function)();                                         \
    if (!function && !(function = (ulong_t (*)())dlsym(library, #name)))  \
      fail(#name " in the module", 0);                                    \
    ulong_t result = function(__VA_ARGS__);                               \
    if (result) fail(#name " to succeed", result);                        \
  } while (0)

static char *read_line(char *line) {
  if (!fgets(line, LINE, stdin)) fail("another line on standard input", 0);
  line[strcspn(line, "\n")] = 0;
  return line;
}

static void read_hex(unsigned char *bytes, size_t length) {
  char line[LINE];
  read_line(line);
  if (strlen(line) != 2 * length) fail("hex of the right length", strlen(line));
  for (size_t i = 0; i < length; i++) sscanf(line + 2 * i, "%2hhx", bytes + i);
}

static ulong_t find_slot(const char *label, ulong_t slot) {
  if (!*label) return slot;
  ulong_t slots[64], count = 64;
  struct { char label[32]; unsigned char rest[480]; } info;
  CALL(C_GetSlotList, 1, slots, &count);
  for (ulong_t i = 0; i < count; i++) {
    CALL(C_GetTokenInfo, slots[i], &info);
    size_t length = strlen(label);
    if (length <= 32 && !memcmp(label, info.label, length) && strspn(info.label + length, " ") >= 32 - length)
      return slots[i];
  }
  fail("a token with this label", count);
  return 0;
}

/* A session object, as a signer works with. */
static ulong_t session_object(unsigned char *value) {
  static unsigned char yes = 1, no = 0;
  static ulong_t class = CKO_SECRET_KEY, type = CKK_AES;
  attribute_t attributes[] = {
      {CKA_CLASS, &class, sizeof class}, {CKA_KEY_TYPE, &type, sizeof type}, {CKA_VALUE, value, BLOCK}, {CKA_TOKEN, &no, 1},
      {CKA_PRIVATE, &yes, 1}, {CKA_SENSITIVE, &yes, 1}, {CKA_EXTRACTABLE, &no, 1}, {CKA_ENCRYPT, &yes, 1}, {CKA_DERIVE, &yes, 1}, {CKA_SIGN, &yes, 1}};
  ulong_t key;
  CALL(C_CreateObject, session, attributes, sizeof attributes / sizeof *attributes, &key);
  return key;
}

/* Times x in GF(2^128): RFC 4493, 2.3. */
static void doubled(unsigned char *block) {
  unsigned char carry = block[0] >> 7;
  for (int i = 0; i < BLOCK - 1; i++) block[i] = block[i] << 1 | block[i + 1] >> 7;
  block[BLOCK - 1] = block[BLOCK - 1] << 1 ^ 0x87 * carry;
}

static ulong_t derive(ulong_t card_key, unsigned char atc_low) {
  static unsigned char yes = 1, no = 0;
  static ulong_t class = CKO_SECRET_KEY, type = CKK_AES, bytes = BLOCK;
  static attribute_t session_key[] = {
      {CKA_CLASS, &class, sizeof class}, {CKA_KEY_TYPE, &type, sizeof type}, {CKA_VALUE_LEN, &bytes, sizeof bytes},
      {CKA_TOKEN, &no, 1}, {CKA_PRIVATE, &yes, 1}, {CKA_SENSITIVE, &yes, 1}, {CKA_EXTRACTABLE, &no, 1}, {CKA_SIGN, &yes, 1}};
  unsigned char blocks[2 * BLOCK] = {0}, encrypted[2 * BLOCK];
  ulong_t length = sizeof encrypted, key;
  mechanism_t ecb = {CKM_AES_ECB, NULL, 0};
  memcpy(blocks + BLOCK, (unsigned char[]){atc_low, 0x06, 0x00, 0x80}, 4);
  CALL(C_EncryptInit, session, &ecb, card_key);
  CALL(C_Encrypt, session, blocks, sizeof blocks, encrypted, &length);
  doubled(encrypted);
  doubled(encrypted);
  encrypted[4] ^= 0x80;
  cbc_encrypt_data_t parameter = {.data = encrypted, .length = BLOCK};
  memcpy(parameter.iv, encrypted + BLOCK, BLOCK);
  mechanism_t cbc = {CKM_AES_CBC_ENCRYPT_DATA, &parameter, sizeof parameter};
  CALL(C_DeriveKey, session, &cbc, card_key, session_key, sizeof session_key / sizeof *session_key, &key);
  return key;
}

static unsigned char key_value[BLOCK], context[CONTEXT], cryptogram[CRYPTOGRAM], message[MESSAGE], expected_mac[BLOCK], digest[DIGEST];
static ulong_t key, public_key;

static void prepare_arqc(void) {
  read_hex(key_value, BLOCK);
  read_hex(context, CDOL1);
  read_hex(cryptogram, CRYPTOGRAM);
}

static void open_secret(void) { key = session_object(key_value); }

static void cmac(ulong_t with, unsigned char *data, ulong_t data_length, unsigned char *mac) {
  ulong_t length = BLOCK;
  mechanism_t mechanism = {CKM_AES_CMAC, NULL, 0};
  CALL(C_SignInit, session, &mechanism, with);
  CALL(C_Sign, session, data, data_length, mac, &length);
}

static void check_arqc(void) {
  unsigned char mac[BLOCK];
  ulong_t session_key = derive(key, context[1]);
  cmac(session_key, context, CONTEXT, mac);
  if (memcmp(mac, cryptogram, CRYPTOGRAM)) fail("the card's cryptogram", mac[0]);
  CALL(C_DestroyObject, session, session_key);
}

static void prepare_cmac(void) {
  read_hex(key_value, BLOCK);
  read_hex(message, MESSAGE);
  read_hex(expected_mac, BLOCK);
}

static void make_cmac(void) {
  unsigned char mac[BLOCK];
  cmac(key, message, MESSAGE, mac);
  if (memcmp(mac, expected_mac, BLOCK)) fail("the MAC of the message", mac[0]);
}

static void prepare_ecdsa(void) { read_hex(digest, DIGEST); }

static void open_pair(void) {
  static unsigned char yes = 1, no = 0, p256[] = {0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07};
  attribute_t open_half[] = {{CKA_EC_PARAMS, p256, sizeof p256}, {CKA_TOKEN, &no, 1}, {CKA_VERIFY, &yes, 1}};
  attribute_t secret_half[] = {{CKA_TOKEN, &no, 1}, {CKA_PRIVATE, &yes, 1}, {CKA_SENSITIVE, &yes, 1}, {CKA_SIGN, &yes, 1}};
  mechanism_t generation = {CKM_EC_KEY_PAIR_GEN, NULL, 0};
  CALL(C_GenerateKeyPair, session, &generation, open_half, 3UL, secret_half, 4UL, &public_key, &key);
}

static unsigned char signature[SIGNATURE];

static void sign_digest(void) {
  ulong_t length = SIGNATURE;
  mechanism_t mechanism = {CKM_ECDSA, NULL, 0};
  CALL(C_SignInit, session, &mechanism, key);
  CALL(C_Sign, session, digest, (ulong_t)DIGEST, signature, &length);
}

/* Of the last signature: a check of each would be in the figure. */
static void verify_signature(void) {
  mechanism_t mechanism = {CKM_ECDSA, NULL, 0};
  CALL(C_VerifyInit, session, &mechanism, public_key);
  CALL(C_Verify, session, digest, (ulong_t)DIGEST, signature, (ulong_t)SIGNATURE);
}

static void nothing(void) {}

static const struct {
  const char *name;
  void (*prepare)(void), (*open)(void), (*once)(void), (*close)(void);
} operations[] = {
    {"arqc", prepare_arqc, open_secret, check_arqc, nothing},
    {"cmac", prepare_cmac, open_secret, make_cmac, nothing},
    {"ecdsa", prepare_ecdsa, open_pair, sign_digest, verify_signature},
};

static double us_by(clockid_t clock) {
  struct timespec t;
  clock_gettime(clock, &t);
  return t.tv_sec * 1e6 + t.tv_nsec / 1e3;
}

static int ascending(const void *a, const void *b) {
  return (*(double *)a > *(double *)b) - (*(double *)a < *(double *)b);
}

int main(void) {
  char operation[LINE], module[LINE], label[LINE], slot[LINE], pin[LINE], rounds_text[LINE];
  read_line(operation), read_line(module), read_line(label), read_line(slot), read_line(pin), read_line(rounds_text);
  size_t which = 0, count = sizeof operations / sizeof *operations;
  while (which < count && strcmp(operations[which].name, operation)) which++;
  if (which == count) fail("arqc, cmac or ecdsa", 0);
  operations[which].prepare();
  long rounds = strtol(rounds_text, NULL, 10);
  double *us = calloc(rounds, sizeof *us);
  if (rounds < 1 || !us) fail("a number of rounds", rounds);

  if (!(library = dlopen(module, RTLD_NOW))) fail("a module that loads", 0);
  CALL(C_Initialize, NULL);
  CALL(C_OpenSession, find_slot(label, strtoul(slot, NULL, 10)), (ulong_t)SERIAL_RW_SESSION, NULL, NULL, &session);
  CALL(C_Login, session, (ulong_t)CKU_USER, pin, strlen(pin));
  operations[which].open();

  for (int i = 0; i < WARM_UP; i++) operations[which].once();
  double began = us_by(CLOCK_MONOTONIC), processor_began = us_by(CLOCK_PROCESS_CPUTIME_ID);
  for (long i = 0; i < rounds; i++) {
    double started = us_by(CLOCK_MONOTONIC);
    operations[which].once();
    us[i] = us_by(CLOCK_MONOTONIC) - started;
  }
  double total = us_by(CLOCK_MONOTONIC) - began, processor = us_by(CLOCK_PROCESS_CPUTIME_ID) - processor_began;
  operations[which].close();
  qsort(us, rounds, sizeof *us, ascending);
  printf("{\"rounds\":%ld,\"opsPerSecond\":%.0f,\"medianUs\":%.1f,\"processorUs\":%.2f}\n", rounds, rounds / total * 1e6, us[rounds / 2],
         processor / rounds);
  CALL(C_Finalize, NULL);
  return 0;
}
