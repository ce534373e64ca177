{{ segment_profiles(ref("bank_segment_profiles_score")) }}
