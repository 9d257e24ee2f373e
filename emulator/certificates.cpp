#include "emulator/certificates.hpp"

#include <openssl/pem.h>
#include <openssl/x509.h>

#include <array>
#include <stdexcept>

#include "emulator/encoding.hpp"
#include "emulator/openssl.hpp"

namespace fogling {
namespace {

using namespace openssl;
using Certificate = Owner<X509, X509_free>;

constexpr std::int64_t kTenYears_s = 10LL * 365 * 86'400;

void check(bool is_fine) {
  if (!is_fine) throw std::runtime_error("OpenSSL failed to make a certificate");
}

Key make_key(const RandomSource& random) {
  std::array<std::byte, 32> seed;
  random(seed);
  Key key(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, reinterpret_cast<const unsigned char*>(seed.data()),
                                       seed.size()));
  check(key != nullptr);
  return key;
}

std::string der_of(X509* certificate) {
  unsigned char* bytes = nullptr;
  const int size = i2d_X509(certificate, &bytes);
  check(size > 0);
  std::string der(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
  OPENSSL_free(bytes);
  return der;
}

}  // namespace

std::string make_trust_anchor(std::string_view common_name, std::int64_t now_ms, const RandomSource& random) {
  const Key key = make_key(random);
  const Certificate certificate(X509_new());
  auto* made = certificate.get();
  check(made != nullptr && X509_set_version(made, X509_VERSION_3) == 1);
  ASN1_INTEGER_set(X509_get_serialNumber(made), 1);
  const std::int64_t now_s = now_ms / 1000;
  check(ASN1_TIME_set(X509_getm_notBefore(made), static_cast<time_t>(now_s)) != nullptr);
  check(ASN1_TIME_set(X509_getm_notAfter(made), static_cast<time_t>(now_s + kTenYears_s)) != nullptr);
  auto* name = X509_get_subject_name(made);
  check(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
                                   reinterpret_cast<const unsigned char*>(common_name.data()),
                                   static_cast<int>(common_name.size()), -1, 0) == 1);
  check(X509_set_issuer_name(made, name) == 1 && X509_set_pubkey(made, key.get()) == 1);
  check(X509_sign(made, key.get(), nullptr) > 0);
  return base64_encode(der_of(made));
}

bool is_certificate(std::string_view pem) {
  if (pem.find("-----BEGIN") != std::string_view::npos) {
    const Bio in(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    return Certificate(PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr)) != nullptr;
  }
  const auto der = base64_decode(pem);
  if (!der) return false;
  const auto* bytes = reinterpret_cast<const unsigned char*>(der->data());
  return Certificate(d2i_X509(nullptr, &bytes, static_cast<long>(der->size()))) != nullptr;
}

}  // namespace fogling
