#pragma once

/// Key pairs as EC2 hands them out and takes them, over OpenSSL. Pure functions: chance comes in.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace fogling {

enum class KeyType : std::uint8_t { rsa, ed25519 };
enum class KeyFormat : std::uint8_t { pem, ppk };

struct KeyMaterial {
  KeyType type = KeyType::rsa;
  std::string private_key;  ///< in the format asked for; empty for an imported key
  std::string public_key;   ///< an OpenSSH line with the key's name as its comment, and a newline
  std::string fingerprint;  ///< as AWS computes it, which depends on who made the key
};

/// Fills bytes; the same bytes make the same key.
using RandomSource = std::function<void(std::span<std::byte>)>;

/// RSA of 2048 bits or ED25519. An RSA key is PKCS#1 in PEM, an ED25519 key is in OpenSSH's format.
/// Its fingerprint: SHA-1 of the PKCS#8 DER private key, or base64 SHA-256 of the SSH public key.
KeyMaterial generate_key(KeyType type, KeyFormat format, std::string_view name, const RandomSource& random);

/// An OpenSSH line, RFC 4716, or the base64 of a DER SubjectPublicKeyInfo; RSA of 1024 bits and more, or ED25519.
/// Nothing where it is none of these. Its fingerprint: MD5 of the SubjectPublicKeyInfo, or as above for ED25519.
std::optional<KeyMaterial> import_public_key(std::string_view material, std::string_view name);

}  // namespace fogling
