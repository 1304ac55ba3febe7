// Questions about sixteen bytes at once. Each answers a bit a byte, the lowest for the first.
//
// Swift has vectors, but no way from a mask of lanes to the bits of a number, which every machine does in an
// instruction or two; here the compiler finds it. No memory of the caller's is read: the bytes come as a value.
#ifndef SLUICE_SCAN_H
#define SLUICE_SCAN_H

#include <stdint.h>
#include <string.h>

typedef uint8_t sl_sixteen __attribute__((ext_vector_type(16)));
typedef char sl_lanes __attribute__((ext_vector_type(16)));
typedef _Bool sl_flags __attribute__((ext_vector_type(16)));

static inline uint32_t sl_bits(sl_lanes lanes) {
    sl_flags flags = __builtin_convertvector(lanes, sl_flags);
    uint16_t bits;
    memcpy(&bits, &flags, sizeof bits);
    return bits;
}

/// Bytes that are this one.
static inline uint32_t sl_find(sl_sixteen bytes, uint8_t byte) {
    return sl_bits(bytes == (sl_sixteen)byte);
}

/// Control bytes other than HTAB.
static inline uint32_t sl_find_controls(sl_sixteen bytes) {
    return sl_bits(((bytes < (sl_sixteen)0x20) & (bytes != (sl_sixteen)'\t')) | (bytes == (sl_sixteen)0x7f));
}

/// Control bytes and blanks.
static inline uint32_t sl_find_blanks(sl_sixteen bytes) {
    return sl_bits((bytes < (sl_sixteen)0x21) | (bytes == (sl_sixteen)0x7f));
}

/// Bytes that are no letter, digit or hyphen.
static inline uint32_t sl_find_odd(sl_sixteen bytes) {
    sl_lanes letter = ((bytes | (sl_sixteen)0x20) - (sl_sixteen)'a') < (sl_sixteen)26;
    sl_lanes digit = (bytes - (sl_sixteen)'0') < (sl_sixteen)10;
    return sl_bits(~(letter | digit | (bytes == (sl_sixteen)'-')));
}

/// Bytes that are no digit.
static inline uint32_t sl_find_no_digit(sl_sixteen bytes) {
    return sl_bits((bytes - (sl_sixteen)'0') >= (sl_sixteen)10);
}

/// Bytes that are no small letter, digit, hyphen or point, as the usual name of a host has.
static inline uint32_t sl_find_no_host(sl_sixteen bytes) {
    sl_lanes letter = (bytes - (sl_sixteen)'a') < (sl_sixteen)26;
    sl_lanes digit = (bytes - (sl_sixteen)'0') < (sl_sixteen)10;
    return sl_bits(~(letter | digit | (bytes == (sl_sixteen)'-') | (bytes == (sl_sixteen)'.')));
}

/// Bytes that a line of a log does not show as they are: control bytes, those from 0x7f on, `"` and `\`.
static inline uint32_t sl_find_unprintable(sl_sixteen bytes) {
    return sl_bits(((bytes - (sl_sixteen)0x20) >= (sl_sixteen)0x5f) | (bytes == (sl_sixteen)'"') |
                   (bytes == (sl_sixteen)'\\'));
}

/// The first bytes, at most all of them; those behind are zero.
static inline sl_sixteen sl_first(sl_sixteen bytes, uint64_t count) {
    static const uint8_t kept[32] = {255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255};
    sl_sixteen mask;
    memcpy(&mask, kept + 16 - (count < 16 ? count : 16), sizeof mask);
    return bytes & mask;
}

/// Whether the bytes are `wanted` once those bits are added that make letters small.
static inline int sl_is_text(sl_sixteen bytes, sl_sixteen letters, sl_sixteen wanted) {
    return sl_bits((bytes | letters) == wanted) == 0xffff;
}

/// A number that is the same for capital and small letters, and hardly ever for other bytes.
static inline uint64_t sl_mix(sl_sixteen bytes) {
    sl_sixteen small = bytes | (sl_sixteen)0x20;
    uint64_t words[2];
    memcpy(words, &small, sizeof words);
    return words[0] ^ words[1] << 3;
}

#endif
