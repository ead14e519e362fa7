// Gives the module something to build; the library is linked by the package.

#include "CZstd.h"
