#pragma once
#include <stddef.h>
#include <stdint.h>

// libFuzzer's interface, which no header of the toolchain declares.
int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*callback)(const uint8_t *data, size_t size));
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);
