/*
 * A PKCS#11 module in front of another one whose token can be pulled out: as long as the file TAPBENCH_PULLED is there, there is no token,
 * and every call says CKR_DEVICE_REMOVED. Sessions from before stay lost when it is plugged in again, as PKCS#11 3.1, 5.6.1, has it.
 * TAPBENCH_REMOVABLE_MODULE: path of the module behind. Functions take and return words, so that one wrapper serves all of them.
 */
#include <dlfcn.h>
#include <stdlib.h>
#include <unistd.h>

typedef unsigned long word;
typedef word (*function)(word, word, word, word, word, word, word, word);
enum { FUNCTIONS = 68, GET_SLOT_LIST = 4, FIRST_GUARDED = 5 };
enum { OK = 0, GENERAL_ERROR = 5, DEVICE_REMOVED = 0x32, SESSION_HANDLE_INVALID = 0xB3 };

/* CK_FUNCTION_LIST: the functions in the order of PKCS#11 2.40, 6.6. */
struct list {
  unsigned char version[2];
  function at[FUNCTIONS];
};
static struct list *behind, own;
static int lost;

static int pulled(void) {
  const char *file = getenv("TAPBENCH_PULLED");
  return file && access(file, F_OK) == 0;
}

static word guarded(int which, word a, word b, word c, word d, word e, word f, word g, word h) {
  if (pulled()) {
    lost = 1;
    return DEVICE_REMOVED;
  }
  return lost ? SESSION_HANDLE_INVALID : behind->at[which](a, b, c, d, e, f, g, h);
}

static word slot_list(word present, word slots, word count, word d, word e, word f, word g, word h) {
  if (!pulled()) return behind->at[GET_SLOT_LIST](present, slots, count, d, e, f, g, h);
  lost = 1;
  *(word *)count = 0;
  return OK;
}

#define WRAPPER(n) \
  static word wrapper##n(word a, word b, word c, word d, word e, word f, word g, word h) { return guarded(n, a, b, c, d, e, f, g, h); }
#define NAME(n) wrapper##n,
#define TEN(of, t) of(t##0) of(t##1) of(t##2) of(t##3) of(t##4) of(t##5) of(t##6) of(t##7) of(t##8) of(t##9)
#define ALL(of) of(5) of(6) of(7) of(8) of(9) TEN(of, 1) TEN(of, 2) TEN(of, 3) TEN(of, 4) TEN(of, 5) \
  of(60) of(61) of(62) of(63) of(64) of(65) of(66) of(67)
ALL(WRAPPER)
static const function wrappers[] = {ALL(NAME)};

word C_GetFunctionList(struct list **list) {
  void *library = dlopen(getenv("TAPBENCH_REMOVABLE_MODULE"), RTLD_NOW);
  word (*get)(struct list **) = library ? (word(*)(struct list **))dlsym(library, "C_GetFunctionList") : NULL;
  if (!get || get(&behind)) return GENERAL_ERROR;
  own = *behind;
  own.at[GET_SLOT_LIST] = slot_list;
  for (int i = FIRST_GUARDED; i < FUNCTIONS; i++) own.at[i] = wrappers[i - FIRST_GUARDED];
  *list = &own;
  return OK;
}
