#include "emulator/instance_requirements.hpp"

#include <algorithm>
#include <cctype>
#include <limits>

#include "emulator/errors.hpp"
#include "emulator/filters.hpp"
#include "emulator/prices.hpp"

namespace fogling {
namespace {

using catalogue::InstanceType;

std::string lower_words(std::string_view text) {
  std::string out;
  for (const char c : text) out += c == ' ' ? '-' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

bool lists(const Document& list, std::string_view value) {
  return std::ranges::any_of(list, [&](const Document& each) { return each == value; });
}

bool is_within(double value, const Document& range) {
  const auto bound = [&](const char* member, double none) {
    return range.contains(member) ? range[member].get<double>() : none;
  };
  return value >= bound("Min", -1) && value <= bound("Max", std::numeric_limits<double>::infinity());
}

/// `included`, `excluded` or `required`.
bool passes(const Document& in, const char* member, bool has_it, std::string_view usual) {
  const auto given = text(in, member);
  const auto rule = given.empty() ? usual : given;
  return rule == "included" || (rule == "required") == has_it;
}

bool matches_any(const Document& patterns, std::string_view name) {
  return std::ranges::any_of(
      patterns, [&](const Document& each) { return matches_wildcard(each.get_ref<const std::string&>(), name); });
}

/// EC2's word in requirements for a maker's name in the catalogue.
std::string manufacturer(std::string_view maker) { return maker == "AWS" ? "amazon-web-services" : lower_words(maker); }

// ---- Accelerators
// ----------------------------------------------------------------------------------------------------

struct Accelerators {
  std::vector<std::string> types, makers, names;
  double count = 0, memory_mib = 0;
};

std::string accelerator_name(std::string_view name) {
  if (name.find("VU9P") != std::string_view::npos) return "vu9p";
  return lower_words(name);
}

void add_accelerators(Accelerators& all, const Document& devices, const char* type) {
  for (const auto& device : devices) {
    const double count = device.value("Count", 1);
    all.types.emplace_back(type);
    const auto maker = text(device, "Manufacturer");
    all.makers.push_back(maker.empty() ? "amazon-web-services" : manufacturer(maker));  // Neuron devices have no maker
    all.names.push_back(accelerator_name(text(device, "Name")));
    all.count += count;
    const auto& memory =
        part(device, "MemoryInfo").empty() ? part(device, "FpgaMemoryInfo") : part(device, "MemoryInfo");
    all.memory_mib += count * memory.value("SizeInMiB", 0.0);
  }
}

Accelerators accelerators_of(const Document& described) {
  Accelerators all;
  add_accelerators(all, items(part(described, "GpuInfo"), "Gpus"), "gpu");
  add_accelerators(all, items(part(described, "FpgaInfo"), "Fpgas"), "fpga");
  add_accelerators(all, items(part(described, "MediaAcceleratorInfo"), "Accelerators"), "media");
  const auto& inference = items(part(described, "InferenceAcceleratorInfo"), "Accelerators");
  // Trainium is told as a Neuron device alone, Inferentia as both.
  add_accelerators(all, inference.empty() ? items(part(described, "NeuronInfo"), "NeuronDevices") : inference,
                   "inference");
  return all;
}

/// What only the whole description of a type tells.
struct Facts {
  double gbps = 0, ebs_mbps = 0;
  Accelerators accelerators;
};

Facts read_facts(const InstanceType& type) {
  const Document described = catalogue::describe_instance_type(type);
  Facts facts;
  for (const auto& card : items(part(described, "NetworkInfo"), "NetworkCards")) {
    facts.gbps += card.value("BaselineBandwidthInGbps", 0.0);
  }
  facts.ebs_mbps = part(part(described, "EbsInfo"), "EbsOptimizedInfo").value("BaselineBandwidthInMbps", 0.0);
  facts.accelerators = accelerators_of(described);
  return facts;
}

/// Of every type, read when first asked for: descriptions are stored as text.
const Facts& facts_of(const InstanceType& type) {
  static const std::vector<Facts> kAll = [] {
    std::vector<Facts> all;
    for (const auto& each : catalogue::instance_types()) all.push_back(read_facts(each));
    return all;
  }();
  return kAll[static_cast<std::size_t>(&type - catalogue::instance_types().data())];
}

bool have_any(const std::vector<std::string>& have, const Document& wanted) {
  return wanted.empty() || std::ranges::any_of(have, [&](const std::string& each) { return lists(wanted, each); });
}

bool accelerators_fit(const Accelerators& all, const Document& in) {
  return is_within(all.count, part(in, "AcceleratorCount")) &&
         is_within(all.memory_mib, part(in, "AcceleratorTotalMemoryMiB")) &&
         have_any(all.types, items(in, "AcceleratorTypes")) &&
         have_any(all.makers, items(in, "AcceleratorManufacturers")) &&
         have_any(all.names, items(in, "AcceleratorNames"));
}

// ---- Storage, network, performance
// -----------------------------------------------------------------------------------

bool storage_fits(const InstanceType& type, const Document& in) {
  if (!passes(in, "LocalStorage", !type.disks.empty(), "included")) return false;
  double total_gb = 0;
  for (const auto& disk : type.disks) total_gb += static_cast<double>(disk.count) * disk.size_gb;
  if (!is_within(total_gb, part(in, "TotalLocalStorageGB"))) return false;
  const auto& kinds = items(in, "LocalStorageTypes");
  // Assumed: what has no disks at all is not kept out by their kind.
  return kinds.empty() || type.disks.empty() ||
         std::ranges::any_of(type.disks, [&](const auto& disk) { return lists(kinds, disk.type); });
}

/// Families that performance protection does not know (API Reference).
bool has_unknown_performance(std::string_view family) {
  constexpr std::string_view kUnknown[] = {"c1", "g3", "g3s", "hpc7g", "m1", "m2", "p3dn", "p4d", "p5", "t1"};
  return family.starts_with("mac") || family.starts_with("u-") || family.starts_with("u7i") ||
         std::ranges::find(kUnknown, family) != std::end(kUnknown);
}

/// Assumed: a family's generation tells its performance, whoever makes its processor.
int generation(std::string_view family) {
  const auto digit = std::ranges::find_if(family, [](char c) { return c >= '0' && c <= '9'; });
  return digit == family.end() ? 0 : *digit - '0';
}

bool performs(const InstanceType& type, const Document& in) {
  const auto& references = items(part(part(in, "BaselinePerformanceFactors"), "Cpu"), "References");
  return std::ranges::all_of(references, [&](const Document& each) {
    const auto family = text(each, "InstanceFamily");
    return !has_unknown_performance(family) && !has_unknown_performance(type.family) &&
           generation(type.family) >= generation(family);
  });
}

/// What can be told without looking at the whole description.
bool plainly_fits(const InstanceType& type, const Document& in) {
  const double memory_gib = static_cast<double>(type.memory_mib) / 1024;
  const auto& allowed = items(in, "AllowedInstanceTypes");
  const auto& makers = items(in, "CpuManufacturers");
  const auto& generations = items(in, "InstanceGenerations");
  return is_within(type.vcpus, part(in, "VCpuCount")) &&
         is_within(static_cast<double>(type.memory_mib), part(in, "MemoryMiB")) &&
         is_within(memory_gib / std::max(type.vcpus, 1), part(in, "MemoryGiBPerVCpu")) &&
         (makers.empty() || lists(makers, manufacturer(type.processor_manufacturer))) &&
         (allowed.empty() || matches_any(allowed, type.name)) &&
         !matches_any(items(in, "ExcludedInstanceTypes"), type.name) &&
         (generations.empty() || lists(generations, type.current_generation ? "current" : "previous")) &&
         passes(in, "BareMetal", type.bare_metal, "excluded") &&
         passes(in, "BurstablePerformance", type.burstable, "excluded") &&
         (!in.value("RequireHibernateSupport", false) || type.hibernation_supported) &&
         (!in.value("RequireEncryptionInTransit", false) || type.encryption_in_transit_supported) &&
         is_within(type.max_network_interfaces, part(in, "NetworkInterfaceCount")) && storage_fits(type, in) &&
         performs(type, in);
}

bool asks_for_more(const Document& in) {
  constexpr const char* kMore[] = {"AcceleratorTypes",         "AcceleratorCount",     "AcceleratorNames",
                                   "AcceleratorManufacturers", "NetworkBandwidthGbps", "AcceleratorTotalMemoryMiB",
                                   "BaselineEbsBandwidthMbps"};
  return std::ranges::any_of(kMore, [&](const char* each) { return in.contains(each); });
}

/// The type that prices are compared with: the cheapest current C, M or R; else the cheapest current one; else the
/// cheapest.
const InstanceType* identified(const std::vector<const InstanceType*>& types, std::string_view region) {
  const auto cheapest = [&](auto&& counts) {
    const InstanceType* found = nullptr;
    for (const auto* each : types) {
      if (!counts(*each)) continue;
      if (found == nullptr || on_demand_price(*each, region) < on_demand_price(*found, region)) found = each;
    }
    return found;
  };
  const auto is_general = [](const InstanceType& type) {
    return type.family.size() > 1 && std::string_view("cmr").find(type.family[0]) != std::string_view::npos &&
           std::isdigit(static_cast<unsigned char>(type.family[1])) != 0;
  };
  if (const auto* found = cheapest([&](const auto& type) { return type.current_generation && is_general(type); })) {
    return found;
  }
  if (const auto* found = cheapest([](const auto& type) { return type.current_generation; })) return found;
  return cheapest([](const auto&) { return true; });
}

}  // namespace

void check_requirements(const Document& in) {
  if (has(in, "AllowedInstanceTypes") && has(in, "ExcludedInstanceTypes")) {
    throw errors::not_together("AllowedInstanceTypes", "ExcludedInstanceTypes");
  }
  if (has(in, "SpotMaxPricePercentageOverLowestPrice") && has(in, "MaxSpotPriceAsPercentageOfOptimalOnDemandPrice")) {
    throw errors::not_together("SpotMaxPricePercentageOverLowestPrice",
                               "MaxSpotPriceAsPercentageOfOptimalOnDemandPrice");
  }
  for (const auto& [name, range] : in.items()) {
    if (!range.is_object() || !range.contains("Min") || !range.contains("Max")) continue;
    if (range["Min"].get<double>() > range["Max"].get<double>()) {
      throw errors::invalid_parameter_value("The minimum value of " + name +
                                            " must not be greater than its maximum value.");  // Assumed: the words
    }
  }
}

bool meets(const InstanceType& type, const Document& in) {
  if (!plainly_fits(type, in)) return false;
  if (!asks_for_more(in)) return true;
  const auto& facts = facts_of(type);
  return is_within(facts.ebs_mbps, part(in, "BaselineEbsBandwidthMbps")) &&
         is_within(facts.gbps, part(in, "NetworkBandwidthGbps")) && accelerators_fit(facts.accelerators, in);
}

std::vector<const InstanceType*> types_meeting(std::string_view region, const Document& requirements,
                                               const Document& architectures, const Document& virtualization_types) {
  std::vector<const InstanceType*> types;
  for (const auto& type : catalogue::instance_types()) {
    const bool runs = architectures.empty() || std::ranges::any_of(type.architectures, [&](std::string_view each) {
                        return lists(architectures, each);
                      });
    const bool hosts = virtualization_types.empty() ||
                       std::ranges::any_of(type.virtualization_types,
                                           [&](std::string_view each) { return lists(virtualization_types, each); });
    if (runs && hosts && catalogue::is_offered(type, region) && meets(type, requirements)) types.push_back(&type);
  }
  return types;
}

std::vector<const InstanceType*> affordable(std::vector<const InstanceType*> types, const Document& requirements,
                                            Market market, std::string_view region, std::int64_t now_ms) {
  const auto* reference = identified(types, region);
  if (reference == nullptr) return types;
  const auto price = [&](const InstanceType& type) {
    return market == Market::spot ? lowest_spot_price(type, region, now_ms) : on_demand_price(type, region);
  };
  double most = price(*reference);
  if (market == Market::on_demand) {
    most *= 1 + static_cast<double>(requirements.value("OnDemandMaxPricePercentageOverLowestPrice", 20)) / 100;
  } else if (requirements.contains("SpotMaxPricePercentageOverLowestPrice")) {
    most *= 1 + requirements["SpotMaxPricePercentageOverLowestPrice"].get<double>() / 100;
  } else {
    // Assumed: what EC2 calls optimal protection is the price on demand.
    most = on_demand_price(*reference, region) *
           static_cast<double>(requirements.value("MaxSpotPriceAsPercentageOfOptimalOnDemandPrice", 100)) / 100;
  }
  std::erase_if(types, [&](const InstanceType* each) { return price(*each) > most; });
  return types;
}

}  // namespace fogling
