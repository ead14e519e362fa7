// Bodies for the declarations of CSodium.h.

#include "CSodium.h"
