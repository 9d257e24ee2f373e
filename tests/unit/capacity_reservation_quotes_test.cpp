/// Quotes for future-dated capacity reservations: cancelling one during its commitment, and putting off its start.

#include "emulator/clock.hpp"
#include "emulator/world.hpp"
#include "tests/support/house.hpp"

namespace fogling::test {
namespace {

constexpr std::int64_t kDay_ms = 86'400'000;

class CapacityReservationQuotes : public HouseTest {
 protected:
  std::string in_days(std::int64_t days) { return iso_seconds(begun_ms_ + days * kDay_ms); }
  /// For 40 days from now on, with a commitment of 30 days.
  std::string create() {
    const Document made = call("CreateCapacityReservation", {{"InstanceType", "m5.large"},
                                                             {"InstancePlatform", "Linux/UNIX"},
                                                             {"AvailabilityZone", "us-east-1a"},
                                                             {"InstanceCount", "4"},
                                                             {"StartDate", in_days(40)},
                                                             {"CommitmentDuration", "2592000"}});
    advance_s(120);
    return made["CapacityReservation"]["CapacityReservationId"];
  }
  Document described(const std::string& id) {
    return call("DescribeCapacityReservations", {{"CapacityReservationId.1", id}})["CapacityReservations"][0];
  }
  Document date_quote(const std::string& id, const std::string& start) {
    return call("CreateCapacityReservationDateChangeQuote",
                {{"CapacityReservationId", id}, {"NewStartDate", start}})["CapacityReservationModificationQuote"];
  }

 private:
  std::int64_t begun_ms_ = house.world().clock.now_ms();
};

TEST_F(CapacityReservationQuotes, CancelDuringTheCommitment) {
  const auto id = create();
  refuse("InvalidCapacityReservationState", "", "CancelCapacityReservation", {{"CapacityReservationId", id}});
  const Document quote = call("CreateCapacityReservationCancellationQuote",
                              {{"CapacityReservationId", id}})["CapacityReservationCancellationQuote"];
  EXPECT_EQ(text(quote, "QuoteState"), "active");
  EXPECT_EQ(quote["CurrentConfiguration"]["InstanceCount"], 4);
  EXPECT_EQ(text(quote["CancellationTerms"][0], "CancellationType"), "commitment-wind-down");
  EXPECT_EQ(text(quote["CancellationTerms"][0], "ChargeEndDate"), in_days(70));
  const std::string quote_id(text(quote, "CapacityReservationCancellationQuoteId"));
  const auto other = create();
  refuse(
      "InvalidParameterValue", "", "CancelCapacityReservation",
      {{"CapacityReservationId", other}, {"ApplyCancellationCharges", "commitment-wind-down"}, {"QuoteId", quote_id}});
  call("CancelCapacityReservation",
       {{"CapacityReservationId", id}, {"ApplyCancellationCharges", "commitment-wind-down"}, {"QuoteId", quote_id}});
  EXPECT_EQ(text(described(id), "State"), "cancelled");
}

TEST_F(CapacityReservationQuotes, ExpireAfterADay) {
  const auto id = create();
  call("CreateCapacityReservationCancellationQuote", {{"CapacityReservationId", id}});
  const auto state = [&] {
    const Document all = call("DescribeCapacityReservationCancellationQuotes");
    return std::string(text(all["CapacityReservationCancellationQuotes"][0], "QuoteState"));
  };
  EXPECT_EQ(state(), "active");
  advance_s(86'400);
  EXPECT_EQ(state(), "expired");
  const Document all = call("DescribeCapacityReservationCancellationQuotes");
  refuse("InvalidCapacityReservationCancellationQuoteId.NotFound", "", "CancelCapacityReservation",
         {{"CapacityReservationId", id},
          {"ApplyCancellationCharges", "commitment-wind-down"},
          {"QuoteId", all["CapacityReservationCancellationQuotes"][0]["CapacityReservationCancellationQuoteId"]}});
}

TEST_F(CapacityReservationQuotes, PutOffTheStart) {
  const auto id = create();
  const Document quote = date_quote(id, in_days(50));
  const Document update = quote["ModificationTerms"]["ReservationUpdate"];
  EXPECT_EQ(text(update, "NewCommitmentEndDate"), in_days(80));
  const std::string quote_id(text(quote, "CapacityReservationModificationQuoteId"));
  refuse("MissingParameter", "", "ModifyCapacityReservation",
         {{"CapacityReservationId", id}, {"StartDate", in_days(50)}});
  refuse("InvalidParameterValue", "", "ModifyCapacityReservation",
         {{"CapacityReservationId", id}, {"QuoteId", quote_id}});
  refuse("InvalidParameterValue", "", "ModifyCapacityReservation",
         {{"CapacityReservationId", id},
          {"QuoteId", quote_id},
          {"AcceptModificationTerms", "true"},
          {"StartDate", in_days(51)}});
  const Parameters accept{{"CapacityReservationId", id}, {"QuoteId", quote_id}, {"AcceptModificationTerms", "true"}};
  const Document changed = call("ModifyCapacityReservation", accept);
  EXPECT_EQ(text(changed, "AdjustmentStatus"), "applied");
  EXPECT_EQ(text(described(id), "StartDate"), in_days(50));
  EXPECT_EQ(text(described(id), "OriginalStartDate"), in_days(40));
  EXPECT_EQ(text(described(id)["CommitmentInfo"], "CommitmentEndDate"), in_days(80));
  refuse("InvalidParameterValue", "", "ModifyCapacityReservation", accept);
  refuse("InvalidParameterValue", "", "CreateCapacityReservationDateChangeQuote",
         {{"CapacityReservationId", id}, {"NewStartDate", in_days(71)}});
  refuse("InvalidParameterValue", "", "CreateCapacityReservationDateChangeQuote",
         {{"CapacityReservationId", id}, {"NewStartDate", in_days(45)}});
  advance_s(41 * 86'400);
  EXPECT_EQ(text(described(id), "State"), "scheduled");
  advance_s(10 * 86'400);
  EXPECT_EQ(text(described(id), "State"), "active");
  refuse("InvalidCapacityReservationState", "", "CreateCapacityReservationDateChangeQuote",
         {{"CapacityReservationId", id}, {"NewStartDate", in_days(60)}});
}

TEST_F(CapacityReservationQuotes, AreOfFutureDatedReservations) {
  const Document made = call("CreateCapacityReservation", {{"InstanceType", "m5.large"},
                                                           {"InstancePlatform", "Linux/UNIX"},
                                                           {"AvailabilityZone", "us-east-1a"},
                                                           {"InstanceCount", "1"}});
  const std::string id = made["CapacityReservation"]["CapacityReservationId"];
  refuse("InvalidCapacityReservationState", "", "CreateCapacityReservationCancellationQuote",
         {{"CapacityReservationId", id}});
  refuse("InvalidCapacityReservationState", "", "CreateCapacityReservationDateChangeQuote",
         {{"CapacityReservationId", id}, {"NewStartDate", in_days(50)}});
}

TEST_F(CapacityReservationQuotes, AScheduledReservationStaysSoWhenChanged) {
  const auto id = create();
  call("ModifyCapacityReservation", {{"CapacityReservationId", id}, {"InstanceCount", "5"}});
  advance_s(41 * 86'400);
  EXPECT_EQ(text(described(id), "State"), "active") << "its day has come none the less";
}

}  // namespace
}  // namespace fogling::test
