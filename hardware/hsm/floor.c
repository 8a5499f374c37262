/*
 * The floor of the ARQC check: the PKCS#11 calls of signer/arqc.ts (AES), in one thread, with nothing around them.
 * Reads eight lines from standard input: module, token label, slot (used when the label is empty), user PIN, rounds; then the
 * card key, the CDOL1 data and the cryptogram as hex. Prints {"rounds":…,"opsPerSecond":…,"medianUs":…}; exits with 1
 * and a line on standard error when a call fails or the cryptogram is not the card's.
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

enum { BLOCK = 16, CONTEXT = 2048, CDOL1 = 149, CRYPTOGRAM = 8, LINE = 4096, WARM_UP = 200 };
enum { CKO_SECRET_KEY = 4, CKK_AES = 0x1F, CKU_USER = 1, SERIAL_RW_SESSION = 6 };
enum { CKM_AES_ECB = 0x1081, CKM_AES_CMAC = 0x108A, CKM_AES_CBC_ENCRYPT_DATA = 0x1105 };
enum {
  CKA_CLASS = 0, CKA_TOKEN = 1, CKA_PRIVATE = 2, CKA_VALUE = 0x11, CKA_KEY_TYPE = 0x100, CKA_SENSITIVE = 0x103,
  CKA_ENCRYPT = 0x104, CKA_SIGN = 0x108, CKA_DERIVE = 0x10C, CKA_VALUE_LEN = 0x161, CKA_EXTRACTABLE = 0x162
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
  if (!fgets(line, LINE, stdin)) fail("eight lines on standard input", 0);
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
      {CKA_PRIVATE, &yes, 1}, {CKA_SENSITIVE, &yes, 1}, {CKA_EXTRACTABLE, &no, 1}, {CKA_ENCRYPT, &yes, 1}, {CKA_DERIVE, &yes, 1}};
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

static void check(ulong_t card_key, unsigned char *context, const unsigned char *cryptogram) {
  unsigned char mac[BLOCK];
  ulong_t length = sizeof mac;
  mechanism_t cmac = {CKM_AES_CMAC, NULL, 0};
  ulong_t key = derive(card_key, context[1]);
  CALL(C_SignInit, session, &cmac, key);
  CALL(C_Sign, session, context, (ulong_t)CONTEXT, mac, &length);
  if (memcmp(mac, cryptogram, CRYPTOGRAM)) fail("the card's cryptogram", mac[0]);
  CALL(C_DestroyObject, session, key);
}

static double now_us(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1e6 + t.tv_nsec / 1e3;
}

static int ascending(const void *a, const void *b) {
  return (*(double *)a > *(double *)b) - (*(double *)a < *(double *)b);
}

int main(void) {
  char module[LINE], label[LINE], slot[LINE], pin[LINE], rounds_text[LINE];
  unsigned char key[BLOCK], context[CONTEXT] = {0}, cryptogram[CRYPTOGRAM];
  read_line(module), read_line(label), read_line(slot), read_line(pin), read_line(rounds_text);
  read_hex(key, BLOCK);
  read_hex(context, CDOL1);
  read_hex(cryptogram, CRYPTOGRAM);
  long rounds = strtol(rounds_text, NULL, 10);
  double *us = calloc(rounds, sizeof *us);
  if (rounds < 1 || !us) fail("a number of rounds", rounds);

  if (!(library = dlopen(module, RTLD_NOW))) fail("a module that loads", 0);
  CALL(C_Initialize, NULL);
  CALL(C_OpenSession, find_slot(label, strtoul(slot, NULL, 10)), (ulong_t)SERIAL_RW_SESSION, NULL, NULL, &session);
  CALL(C_Login, session, (ulong_t)CKU_USER, pin, strlen(pin));
  ulong_t card_key = session_object(key);

  for (int i = 0; i < WARM_UP; i++) check(card_key, context, cryptogram);
  double began = now_us();
  for (long i = 0; i < rounds; i++) {
    double started = now_us();
    check(card_key, context, cryptogram);
    us[i] = now_us() - started;
  }
  double total = now_us() - began;
  qsort(us, rounds, sizeof *us, ascending);
  printf("{\"rounds\":%ld,\"opsPerSecond\":%.0f,\"medianUs\":%.1f}\n", rounds, rounds / total * 1e6, us[rounds / 2]);
  CALL(C_Finalize, NULL);
  return 0;
}
