/*
 * A PKCS#11 module in front of another one that does all but wrap and unwrap by RFC 5649, under either number of it.
 * TAPBENCH_NO_KEY_WRAP_MODULE: path of the module behind. Functions take and return words.
 */
#include <dlfcn.h>
#include <stdlib.h>

typedef unsigned long word;
typedef word (*function)(word, word, word, word, word, word, word, word);
enum { FUNCTIONS = 68, WRAP_KEY = 60, UNWRAP_KEY = 61 };
enum { GENERAL_ERROR = 5, MECHANISM_INVALID = 0x70 };
enum { AES_KEY_WRAP_PAD = 0x210A, AES_KEY_WRAP_KWP = 0x210B };

/* CK_FUNCTION_LIST: the functions in the order of PKCS#11 2.40, 6.6. */
struct list {
  unsigned char version[2];
  function at[FUNCTIONS];
};
static struct list *behind, own;

/* CK_MECHANISM begins with its number. */
static int refused(word mechanism) {
  word number = *(word *)mechanism;
  return number == AES_KEY_WRAP_PAD || number == AES_KEY_WRAP_KWP;
}

static word wrap(word a, word mechanism, word c, word d, word e, word f, word g, word h) {
  return refused(mechanism) ? MECHANISM_INVALID : behind->at[WRAP_KEY](a, mechanism, c, d, e, f, g, h);
}

static word unwrap(word a, word mechanism, word c, word d, word e, word f, word g, word h) {
  return refused(mechanism) ? MECHANISM_INVALID : behind->at[UNWRAP_KEY](a, mechanism, c, d, e, f, g, h);
}

word C_GetFunctionList(struct list **list) {
  void *library = dlopen(getenv("TAPBENCH_NO_KEY_WRAP_MODULE"), RTLD_NOW);
  word (*get)(struct list **) = library ? (word(*)(struct list **))dlsym(library, "C_GetFunctionList") : NULL;
  if (!get || get(&behind)) return GENERAL_ERROR;
  own = *behind;
  own.at[WRAP_KEY] = wrap;
  own.at[UNWRAP_KEY] = unwrap;
  *list = &own;
  return 0;
}
