{{ fit_table(ref("campaign_kpis_fit"), "kpis") }}
