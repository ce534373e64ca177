{{ segment_profiles(ref("campaign_segment_profiles_score")) }}
