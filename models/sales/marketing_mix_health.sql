{{ fit_table(ref("marketing_mix_fit"), "health") }}
