#include "emulator/tpm_keys.hpp"

#include <fmt/format.h>
#include <openssl/ec.h>
#include <openssl/obj_mac.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <algorithm>
#include <cstdint>
#include <stdexcept>

#include "emulator/encoding.hpp"
#include "emulator/key_material.hpp"
#include "emulator/openssl.hpp"

namespace fogling {
namespace {

using namespace openssl;
using Group = Owner<EC_GROUP, EC_GROUP_free>;
using Point = Owner<EC_POINT, EC_POINT_free>;

void check(bool is_fine) {
  if (!is_fine) throw std::runtime_error("OpenSSL cannot make an endorsement key");
}

std::string digest_of(const std::string& text) {
  unsigned char out[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  check(EVP_Digest(text.data(), text.size(), out, &size, EVP_sha512(), nullptr) == 1);
  return {reinterpret_cast<const char*>(out), size};
}

/// Bytes that follow from the seed.
RandomSource source_of(std::string seed) {
  return [seed = std::move(seed), count = 0](std::span<std::byte> bytes) mutable {
    while (!bytes.empty()) {
      const auto block = digest_of(fmt::format("{}/{}", seed, count++));
      const auto size = std::min(bytes.size(), block.size());
      std::copy_n(reinterpret_cast<const std::byte*>(block.data()), size, bytes.begin());
      bytes = bytes.subspan(size);
    }
  };
}

Key rsa_key(std::string_view seed) {
  const auto pem = generate_key(KeyType::rsa, KeyFormat::pem, {}, source_of("rsa " + std::string(seed))).private_key;
  const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  Key key(PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr));
  check(key != nullptr);
  return key;
}

constexpr std::size_t kP384Bytes = 48;

/// The point that belongs to the seed, uncompressed: 4, x and y.
std::string p384_point(std::string_view seed) {
  const Group group(EC_GROUP_new_by_curve_name(NID_secp384r1));
  check(group != nullptr);
  const auto bytes = digest_of("p384 " + std::string(seed));
  const Bn secret(
      BN_bin2bn(reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(kP384Bytes) - 1, nullptr));
  const Point point(EC_POINT_new(group.get()));
  check(secret != nullptr && point != nullptr &&
        EC_POINT_mul(group.get(), point.get(), secret.get(), nullptr, nullptr, nullptr) == 1);
  std::string out(1 + 2 * kP384Bytes, '\0');
  check(EC_POINT_point2oct(group.get(), point.get(), POINT_CONVERSION_UNCOMPRESSED,
                           reinterpret_cast<unsigned char*>(out.data()), out.size(), nullptr) == out.size());
  return out;
}

Key p384_key(const std::string& point) {
  const Builder builder(OSSL_PARAM_BLD_new());
  check(builder != nullptr &&
        OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "P-384", 0) == 1 &&
        OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()) == 1);
  const Params params(OSSL_PARAM_BLD_to_param(builder.get()));
  const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
  EVP_PKEY* key = nullptr;
  check(params != nullptr && context != nullptr && EVP_PKEY_fromdata_init(context.get()) == 1 &&
        EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, params.get()) == 1);
  return Key(key);
}

std::string der(EVP_PKEY* key) {
  unsigned char* bytes = nullptr;
  const int size = i2d_PUBKEY(key, &bytes);
  check(size > 0);
  std::string out(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
  OPENSSL_free(bytes);
  return out;
}

// ---- TPM 2.0 -------------------------------------------------------------------------------------------------------

void put16(std::string& out, unsigned value) {
  out += static_cast<char>(value >> 8U);
  out += static_cast<char>(value & 0xffU);
}
void put_sized(std::string& out, std::string_view bytes) {
  put16(out, static_cast<unsigned>(bytes.size()));
  out += bytes;
}

std::string modulus_of(EVP_PKEY* key) {
  BIGNUM* read = nullptr;
  check(EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_N, &read) == 1);
  const Bn modulus(read);
  std::string bytes(static_cast<std::size_t>(BN_num_bytes(modulus.get())), '\0');
  BN_bn2bin(modulus.get(), reinterpret_cast<unsigned char*>(bytes.data()));
  return bytes;
}

/// Templates L-1 and H-3 of the profile: restricted decryption, AES in CFB mode, under the policy of the endorsement
/// hierarchy; the digests are those of PolicySecret(TPM_RH_ENDORSEMENT) and, for P-384, of PolicyB.
constexpr unsigned char kPolicyA[] = {0x83, 0x71, 0x97, 0x67, 0x44, 0x84, 0xb3, 0xf8, 0x1a, 0x90, 0xcc,
                                      0x8d, 0x46, 0xa5, 0xd7, 0x24, 0xfd, 0x52, 0xd7, 0x6e, 0x06, 0x52,
                                      0x0b, 0x64, 0xf2, 0xa1, 0xda, 0x1b, 0x33, 0x14, 0x69, 0xaa};
constexpr unsigned char kPolicyB384[] = {0xb2, 0x6e, 0x7d, 0x28, 0xd1, 0x1a, 0x50, 0xbc, 0x53, 0xd8, 0x82, 0xbc,
                                         0xf5, 0xfd, 0x3a, 0x1a, 0x07, 0x41, 0x48, 0xbb, 0x35, 0xd3, 0xb4, 0xe4,
                                         0xcb, 0x1c, 0x0a, 0xd9, 0xbd, 0xe4, 0x19, 0xca, 0xcb, 0x47, 0xba, 0x09,
                                         0x69, 0x96, 0x46, 0x15, 0x0f, 0x9f, 0xc0, 0x00, 0xf3, 0xf8, 0x0e, 0x12};

template <std::size_t N>
std::string_view view(const unsigned char (&bytes)[N]) {
  return {reinterpret_cast<const char*>(bytes), N};
}

std::string public_area(unsigned type, unsigned name_algorithm, unsigned attributes, std::string_view policy,
                        unsigned aes_bits) {
  std::string out;
  put16(out, type);
  put16(out, name_algorithm);
  put16(out, attributes >> 16U);
  put16(out, attributes & 0xffffU);
  put_sized(out, policy);
  put16(out, 0x0006);  // AES
  put16(out, aes_bits);
  put16(out, 0x0043);  // CFB
  put16(out, 0x0010);  // no scheme
  return out;
}

std::string rsa_area(EVP_PKEY* key) {
  auto out = public_area(0x0001, 0x000b, 0x000300b2, view(kPolicyA), 128);
  put16(out, 2048);
  out.append(4, '\0');  // the usual exponent
  put_sized(out, modulus_of(key));
  return out;
}

std::string p384_area(const std::string& point) {
  auto out = public_area(0x0023, 0x000c, 0x000300f2, view(kPolicyB384), 256);
  put16(out, 0x0004);  // P-384
  put16(out, 0x0010);  // no key derivation
  put_sized(out, std::string_view(point).substr(1, kP384Bytes));
  put_sized(out, std::string_view(point).substr(1 + kP384Bytes));
  return out;
}

}  // namespace

std::string endorsement_key(std::string_view type, std::string_view format, std::string_view seed) {
  if (type == "rsa-2048") {
    const auto key = rsa_key(seed);
    return base64_encode(format == "tpmt" ? rsa_area(key.get()) : der(key.get()));
  }
  const auto point = p384_point(seed);
  return base64_encode(format == "tpmt" ? p384_area(point) : der(p384_key(point).get()));
}

}  // namespace fogling
