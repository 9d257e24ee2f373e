#pragma once

/// Owners of what OpenSSL hands out.

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include <memory>

namespace fogling::openssl {

template <class T, auto kFree>
struct Deleter {
  void operator()(T* value) const { kFree(value); }
};
template <class T, auto kFree>
using Owner = std::unique_ptr<T, Deleter<T, kFree>>;

using Bn = Owner<BIGNUM, BN_clear_free>;
using Key = Owner<EVP_PKEY, EVP_PKEY_free>;
using KeyContext = Owner<EVP_PKEY_CTX, EVP_PKEY_CTX_free>;
using Bio = Owner<BIO, BIO_free_all>;
using Builder = Owner<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free>;
using Params = Owner<OSSL_PARAM, OSSL_PARAM_free>;

}  // namespace fogling::openssl
